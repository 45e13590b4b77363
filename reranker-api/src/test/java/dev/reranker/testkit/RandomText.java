package dev.reranker.testkit;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random texts, and the seeds they can be made again from. */
public final class RandomText {

  private RandomText() {}

  /**
   * A seed that a failing test has printed, given by {@code -Dseed=…}, or a new one; printed.
   *
   * @return the seed
   */
  public static long seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed: -Dseed=" + seed);
    return seed;
  }

  /**
   * One to eight words out of a small vocabulary, so that texts overlap and repeat.
   *
   * @param random what chooses
   * @param vocabulary how many words there are
   * @return the text
   */
  public static String words(Random random, int vocabulary) {
    return IntStream.range(0, 1 + random.nextInt(8))
        .mapToObj(i -> "w" + random.nextInt(vocabulary))
        .collect(Collectors.joining(" "));
  }
}
