package dev.reranker.depth;

import java.util.Arrays;

/**
 * The upper half of a distribution, as the numbers that are exceeded with the probabilities 1/2,
 * and each time 2<sup>1/4</sup> less, as far as there are observations; between them log-linear.
 */
final class Tail {

  private static final double STEPS = 4;

  private final long observed;
  private final double[] residuals;

  /**
   * A tail that was made before.
   *
   * @param residuals in rising order, at least one
   */
  Tail(long observed, double[] residuals) {
    this.observed = observed;
    this.residuals = residuals.clone();
  }

  /** The tail of observations, at least one. */
  static Tail of(double[] observations) {
    double[] sorted = observations.clone();
    Arrays.sort(sorted);
    int steps = steps(sorted.length);
    double[] residuals = new double[steps];
    for (int i = 0; i < steps; i++) {
      int above = (int) Math.floor(probability(i) * sorted.length);
      residuals[i] = sorted[sorted.length - 1 - Math.min(above, sorted.length - 1)];
    }
    return new Tail(sorted.length, residuals);
  }

  /** How many numbers a tail of so many observations has. */
  static int steps(long observed) {
    return 1 + (int) Math.floor(STEPS * Math.max(0, log2(observed / 2.0)));
  }

  private static double probability(double step) {
    return 0.5 * Math.pow(2, -step / STEPS);
  }

  /** The probability of a residual above a number; below the median it counts as 1. */
  double above(double number) {
    int last = residuals.length - 1;
    if (number < residuals[0]) {
      return 1;
    }
    if (number >= residuals[last]) {
      return 1.0 / (observed + 1.0);
    }
    int place = Arrays.binarySearch(residuals, number);
    int next = place < 0 ? -place - 1 : place + 1;
    while (residuals[next] <= number) { // equal ones
      next++;
    }
    double part = (number - residuals[next - 1]) / (residuals[next] - residuals[next - 1]);
    return probability(next - 1 + part);
  }

  static double log2(double number) {
    return Math.log(number) / Math.log(2);
  }

  long observed() {
    return observed;
  }

  double[] residuals() {
    return residuals.clone();
  }
}
