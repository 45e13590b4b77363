package dev.reranker.onnx;

import java.util.Random;

/** Random numbers of a test; {@code -Dseed=} repeats what failed. */
final class Seeds {

  private Seeds() {}

  static Random print(Class<?> test) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(test.getSimpleName() + ": -Dseed=" + seed);
    return new Random(seed);
  }
}
