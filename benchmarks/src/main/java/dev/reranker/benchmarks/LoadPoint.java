package dev.reranker.benchmarks;

import java.util.List;

/**
 * One load and what came of it, as it is kept.
 *
 * @param load what it was, for example {@code closed, 4 callers}
 * @param share whether callers may share batches
 * @param deadlineMillis 0: none
 * @param sliceSeconds how long a slice is
 * @param slices the latencies of each slice in milliseconds, from when a search was to begin
 * @param asked how many candidates the searches had
 * @param scored how many of them were scored
 * @param whole how many searches had all scored
 * @param failed how many searches ended by an exception
 */
record LoadPoint(
    String load,
    boolean share,
    long deadlineMillis,
    double sliceSeconds,
    List<double[]> slices,
    long asked,
    long scored,
    long whole,
    long failed) {

  private static final String[] HEADER = {
    "load",
    "deadline ms",
    "sharing",
    "searches/s",
    "pairs/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "p99 of all",
    "searches",
    "failed",
    "all scored %",
    "pairs scored %"
  };

  Latencies latencies() {
    return new Latencies(sliceSeconds, slices);
  }

  static String markdown(List<LoadPoint> points) {
    var table = new Table(HEADER);
    for (LoadPoint point : points) {
      Latencies latencies = point.latencies();
      long searches = latencies.count();
      double pairs = searches == 0 ? 0 : (double) point.scored / searches;
      table.row(
          point.load,
          point.deadlineMillis == 0 ? "–" : String.valueOf(point.deadlineMillis),
          point.share ? "on" : "off",
          latencies.perSecond(1),
          latencies.perSecond(pairs),
          latencies.millis(0.5),
          latencies.millis(0.95),
          latencies.millis(0.99),
          "%.0f".formatted(latencies.percentile(0.99)),
          String.valueOf(searches),
          String.valueOf(point.failed),
          "%.0f".formatted(100.0 * point.whole / Math.max(1, searches)),
          "%.0f".formatted(100.0 * point.scored / Math.max(1, point.asked)));
    }
    return table.markdown();
  }
}
