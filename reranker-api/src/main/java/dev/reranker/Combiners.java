package dev.reranker;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The arithmetic that combiners and fusions share. */
final class Combiners {

  /** The constant of reciprocal rank fusion that its authors found robust. */
  static final int RRF_K = 60;

  private Combiners() {}

  /** A rank's vote in reciprocal rank fusion. */
  static double reciprocal(int k, int rank) {
    return 1.0 / ((double) k + rank);
  }

  /**
   * Numbers brought to 0…1; halved first, so that the range of the largest numbers is finite.
   *
   * @param allEqual what each counts where all are equal
   */
  static <T> double[] minMax(List<T> things, ToDoubleFunction<T> number, double allEqual) {
    double[] halves = things.stream().mapToDouble(t -> number.applyAsDouble(t) / 2).toArray();
    double min = Arrays.stream(halves).min().orElse(0);
    double max = Arrays.stream(halves).max().orElse(0);
    return Arrays.stream(halves)
        .map(half -> max > min ? (half - min) / (max - min) : allEqual)
        .toArray();
  }

  /** Ranks from 1, by score and then raw output; equal ones keep their order. */
  static int[] ranks(List<StageScore> scores) {
    int[] order =
        IntStream.range(0, scores.size())
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer i) -> scores.get(i).score())
                    .thenComparingDouble(i -> scores.get(i).raw().orElse(0))
                    .reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    int[] ranks = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ranks[order[i]] = i + 1;
    }
    return ranks;
  }
}
