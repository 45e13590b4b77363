package dev.reranker.onnx;

/**
 * What a token costs on this machine, as the last batches showed: a moving mean and a moving mean
 * deviation, as a TCP sender keeps of its round trips (<a
 * href="https://www.rfc-editor.org/rfc/rfc6298">RFC 6298</a>). For threads of all kinds.
 */
final class Pace {

  private static final double MEAN_GAIN = 1.0 / 8;
  private static final double DEVIATION_GAIN = 1.0 / 4;

  private double mean;
  private double deviation;

  /** Notes what a batch took. */
  synchronized void ran(long paddedTokens, long nanos) {
    double each = (double) nanos / cost(paddedTokens);
    if (mean == 0) {
      mean = each;
      deviation = each / 2;
    } else {
      deviation += DEVIATION_GAIN * (Math.abs(each - mean) - deviation);
      mean += MEAN_GAIN * (each - mean);
    }
  }

  /** How long a batch will take at most, as a rule; 0 where none was seen. */
  synchronized long nanos(long paddedTokens) {
    return (long) ((mean + 2 * deviation) * cost(paddedTokens));
  }

  /** How many tokens one thread reads in a time; any number where no batch was seen. */
  synchronized long tokens(long nanos) {
    return mean == 0 ? Long.MAX_VALUE : (long) (nanos / mean);
  }

  private static long cost(long paddedTokens) {
    return paddedTokens + BatchPlan.RUN_COST_TOKENS;
  }
}
