package dev.reranker.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * One request of a workload.
 *
 * @param query the query
 * @param passages the candidates' texts
 * @param tokens each pair's tokens, special tokens included
 */
record Request(String query, List<String> passages, int[] tokens) {

  private static final long LAYERS = 6;
  private static final long HIDDEN = 384;
  private static final long FEED_FORWARD = 1536;

  int pairs() {
    return passages.size();
  }

  long totalTokens() {
    return Arrays.stream(tokens).asLongStream().sum();
  }

  int longest() {
    return Arrays.stream(tokens).max().orElse(0);
  }

  /** Arithmetic of all pairs without padding; see {@link #flops(int)}. */
  double flops() {
    return Arrays.stream(tokens).mapToDouble(Request::flops).sum();
  }

  /**
   * Floating point operations of the whole encoder on a pair of S tokens: 2·S·L·(4H² + 2HF + 2SH).
   * A graph whose last layer is computed for [CLS] alone does fewer.
   */
  static double flops(int tokens) {
    return 2.0
        * tokens
        * LAYERS
        * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * FEED_FORWARD + 2L * tokens * HIDDEN);
  }
}
