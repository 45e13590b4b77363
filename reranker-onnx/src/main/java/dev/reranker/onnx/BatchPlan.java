package dev.reranker.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Groups rows of different lengths into batches so that little is computed in vain.
 *
 * <p>A batch costs its padded tokens (longest × rows) plus a fixed price a run. Sorted by length, a
 * cheapest split is one into consecutive groups, and dynamic programming finds it in O(n · m), m
 * being the largest number of rows that the budget admits, at most {@value #MAX_ROWS}: best[i] =
 * min over j of best[j] + price(j..i). A row above the budget gets a batch of its own.
 */
final class BatchPlan {

  /**
   * What one more run costs, in tokens: the price at which splitting a batch pays. See
   * benchmarks/README.md, "Settings".
   */
  static final int RUN_COST_TOKENS = 16;

  /** Rows of a batch at most, whatever the budget: more gain nothing, and planning would crawl. */
  static final int MAX_ROWS = 1024;

  /** How many numbers of batches per thread are tried. */
  private static final int ROUNDS_TRIED = 4;

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

  /** The same at the price of an encoder's run. */
  static List<Batch> of(int[] lengths, int budget, int threads) {
    return of(lengths, budget, threads, RUN_COST_TOKENS);
  }

  /**
   * Splits rows into batches that keep several threads busy to the end. A split for the full budget
   * may leave one thread with a batch more than the others; a few smaller budgets are tried, and
   * the split whose last batch ends first is kept. The threads take batches in order, so the end is
   * that of greedy list scheduling.
   *
   * @param lengths the rows' tokens
   * @param budget padded tokens a batch may have, unless it is one row
   * @param threads how many batches run at the same time
   * @param runCost what one more run costs, in tokens
   * @return the batches, longest rows first, so that the last to finish is a short one
   */
  static List<Batch> of(int[] lengths, int budget, int threads, int runCost) {
    int[] order = longestFirst(lengths);
    int[] best = cheapestSplit(lengths, order, budget, runCost);
    if (threads > 1) {
      long bestEnd = end(lengths, order, best, threads, runCost);
      long tokens = Arrays.stream(lengths).asLongStream().sum();
      long rounds = tokens / ((long) threads * budget) + 1;
      for (long r = rounds; r < rounds + ROUNDS_TRIED; r++) {
        int share = (int) Math.min(budget, tokens / (threads * r) + 1);
        int[] cuts = cheapestSplit(lengths, order, share, runCost);
        long end = end(lengths, order, cuts, threads, runCost);
        if (end < bestEnd) {
          best = cuts;
          bestEnd = end;
        }
      }
    }
    return batches(lengths, order, best);
  }

  /** When the last of the threads is done, in tokens. */
  private static long end(int[] lengths, int[] order, int[] cuts, int threads, int runCost) {
    long[] busy = new long[threads];
    for (int i = 1; i < cuts.length; i++) {
      int first = 0;
      for (int t = 1; t < threads; t++) {
        first = busy[t] < busy[first] ? t : first;
      }
      int rows = cuts[i] - cuts[i - 1];
      busy[first] += (long) rows * lengths[order[cuts[i - 1]]] + runCost;
    }
    return Arrays.stream(busy).max().orElse(0);
  }

  /** Positions by falling length, equal ones in their order: both packed into a long and sorted. */
  private static int[] longestFirst(int[] lengths) {
    long[] keys = new long[lengths.length];
    Arrays.setAll(keys, i -> (long) (Integer.MAX_VALUE - lengths[i]) << 32 | i);
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    Arrays.setAll(order, i -> (int) keys[i]);
    return order;
  }

  private static List<Batch> batches(int[] lengths, int[] order, int[] cuts) {
    var batches = new ArrayList<Batch>(cuts.length);
    for (int i = 1; i < cuts.length; i++) {
      int[] rows = Arrays.copyOfRange(order, cuts[i - 1], cuts[i]);
      batches.add(new Batch(rows, lengths[rows[0]]));
    }
    return batches;
  }

  /** Where in {@code order} batches begin and end: 0 first, the number of rows last. */
  private static int[] cheapestSplit(int[] lengths, int[] order, int budget, int runCost) {
    long[] best = new long[order.length + 1];
    int[] start = new int[order.length + 1]; // of the last batch, for each end of a prefix
    int[] count = new int[order.length + 1];
    for (int end = 1; end <= order.length; end++) {
      best[end] = Long.MAX_VALUE;
      for (int from = end - 1; from >= 0; from--) {
        long padded = (long) lengths[order[from]] * (end - from);
        int rows = end - from;
        if (rows > 1 && (padded > budget || rows > MAX_ROWS)) {
          break; // rows further left are no shorter
        }
        long cost = best[from] + padded + runCost;
        if (cost < best[end]) {
          best[end] = cost;
          start[end] = from;
          count[end] = count[from] + 1;
        }
      }
    }
    int[] cuts = new int[count[order.length] + 1];
    int end = order.length;
    for (int i = cuts.length - 1; i > 0; i--) {
      cuts[i] = end;
      end = start[end];
    }
    return cuts;
  }
}
