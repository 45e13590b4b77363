package dev.reranker.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Groups rows of different lengths into batches so that little is computed in vain.
 *
 * <p>A batch costs its padded tokens (longest × rows) plus a fixed price a run. Sorted by length, a
 * cheapest split is one into consecutive groups, and dynamic programming finds it in O(n · m), m
 * being the largest number of rows that the budget admits: best[i] = min over j of best[j] +
 * price(j..i). A row above the budget gets a batch of its own.
 */
final class BatchPlan {

  /**
   * What one more run costs, in tokens: the price at which splitting a batch pays. See
   * benchmarks/README.md, "Settings".
   */
  static final int RUN_COST_TOKENS = 16;

  private BatchPlan() {}

  /**
   * One batch.
   *
   * @param rows positions in the caller's list, longest first
   * @param length the longest row's tokens, to which the others are padded
   */
  record Batch(int[] rows, int length) {

    long paddedTokens() {
      return (long) rows.length * length;
    }
  }

  /**
   * Splits rows into batches.
   *
   * @param lengths the rows' tokens
   * @param budget padded tokens a batch may have, unless it is one row
   * @return the batches, longest rows first, so that the last to finish is a short one
   */
  static List<Batch> of(int[] lengths, int budget) {
    int[] order =
        IntStream.range(0, lengths.length)
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> -lengths[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] start = cheapestSplit(lengths, order, budget);

    var batches = new ArrayList<Batch>();
    for (int end = order.length; end > 0; end = start[end]) {
      int from = start[end];
      int[] rows = java.util.Arrays.copyOfRange(order, from, end);
      batches.add(new Batch(rows, lengths[rows[0]]));
    }
    return batches.reversed();
  }

  /** For each end of a prefix of {@code order}, where its last batch starts. */
  private static int[] cheapestSplit(int[] lengths, int[] order, int budget) {
    long[] best = new long[order.length + 1];
    int[] start = new int[order.length + 1];
    for (int end = 1; end <= order.length; end++) {
      best[end] = Long.MAX_VALUE;
      for (int from = end - 1; from >= 0; from--) {
        long padded = (long) lengths[order[from]] * (end - from);
        if (padded > budget && end - from > 1) {
          break; // rows further left are no shorter
        }
        long cost = best[from] + padded + RUN_COST_TOKENS;
        if (cost < best[end]) {
          best[end] = cost;
          start[end] = from;
        }
      }
    }
    return start;
  }
}
