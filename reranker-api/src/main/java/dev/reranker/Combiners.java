package dev.reranker;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

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

  /**
   * What the stage before the newest said, brought to 0…1; 0 for what it did not score, whose
   * number is of another unit.
   */
  static double[] scoresBefore(List<Hit> hits) {
    List<StageScore> before = hits.stream().map(hit -> hit.earlier().getLast()).toList();
    double[] shares =
        minMax(before.stream().filter(StageScore::scored).toList(), StageScore::score, 0);
    double[] scores = new double[hits.size()];
    int next = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = before.get(i).scored() ? shares[next++] : 0;
    }
    return scores;
  }

  /**
   * The raw output of the newest stage.
   *
   * @throws IllegalArgumentException if it gave none
   */
  static double logit(Hit hit) {
    return hit.raw()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "stage '%s' gave document '%s' a score without a raw output, and rankPrior(..) needs logits: take weighted(..), rrf() or replace(), or a reranker that gives logits"
                        .formatted(hit.stage(), hit.document().id())));
  }

  static double log2(double number) {
    return Math.log(number) / Math.log(2);
  }
}
