package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a load did, cut into slices of time by when each search was to begin: a figure is the median
 * of the slices, with the least and the greatest.
 *
 * @param seconds how long a slice is
 * @param slices the latencies of each slice in milliseconds
 */
record Latencies(double seconds, List<double[]> slices) {

  /** Collects latencies; for threads of all kinds. */
  static final class Recorder {

    private final long start;
    private final long sliceNanos;
    private final List<List<Double>> slices = new ArrayList<>();

    Recorder(long start, long sliceNanos, int slices) {
      this.start = start;
      this.sliceNanos = sliceNanos;
      for (int i = 0; i < slices; i++) {
        this.slices.add(new ArrayList<>());
      }
    }

    /**
     * Notes a search.
     *
     * @param intended when it was to begin, which a queue before the caller's thread may have
     *     delayed
     * @param end when it ended
     */
    void note(long intended, long end) {
      int slice = (int) ((intended - start) / sliceNanos);
      if (slice < slices.size()) { // a closed loop begins its last one after the end
        List<Double> millis = slices.get(slice);
        synchronized (millis) {
          millis.add((end - intended) / 1e6);
        }
      }
    }

    Latencies latencies() {
      return new Latencies(
          sliceNanos / 1e9,
          slices.stream()
              .map(millis -> millis.stream().mapToDouble(Double::doubleValue).toArray())
              .toList());
    }
  }

  int count() {
    return slices.stream().mapToInt(slice -> slice.length).sum();
  }

  /** Nearest rank, of all. */
  double percentile(double share) {
    return percentile(slices.stream().flatMapToDouble(Arrays::stream).toArray(), share);
  }

  private static double percentile(double[] millis, double share) {
    if (millis.length == 0) {
      return Double.NaN;
    }
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** Searches a second. */
  String perSecond(double factor) {
    return spread(slice -> factor * slice.length / seconds);
  }

  /** A percentile, in milliseconds. */
  String millis(double share) {
    return spread(slice -> percentile(slice, share));
  }

  private String spread(ToDoubleFunction<double[]> figure) {
    double[] figures =
        slices.stream()
            .mapToDouble(figure)
            .filter(value -> !Double.isNaN(value))
            .sorted()
            .toArray();
    if (figures.length == 0) {
      return "–";
    }
    int middle = figures.length / 2;
    double median =
        figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
    return "%s (%s–%s)"
        .formatted(text(median), text(figures[0]), text(figures[figures.length - 1]));
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, value < 20 ? "%.1f" : "%,.0f", value);
  }
}
