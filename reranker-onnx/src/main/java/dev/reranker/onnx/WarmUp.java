package dev.reranker.onnx;

import java.util.List;
import java.util.stream.IntStream;

/** Texts that make a model do all that it may have to do at once. */
final class WarmUp {

  private WarmUp() {}

  /** A query that no cache has seen. */
  static String query() {
    return "warm up " + System.nanoTime();
  }

  /**
   * Passages of the model's full length, as many as all threads run at once, none of which a cache
   * has seen.
   */
  static List<String> passages(ModelInfo info) {
    int rows = Math.max(1, info.batchTokens() / info.maxLength());
    String start = query() + " ";
    String rest = " warm".repeat(info.maxLength());
    return IntStream.range(0, rows * info.threads()).mapToObj(i -> start + i + rest).toList();
  }
}
