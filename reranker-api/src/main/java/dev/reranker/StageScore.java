package dev.reranker;

import java.util.Objects;

/**
 * What one stage said of one document: the rank and the score it gave.
 *
 * @param stage the stage's name, for example {@code "bm25"}, {@code "knn"}, {@code "rrf"} or a
 *     reranker's {@link Reranker#name()}
 * @param rank from 1, the best
 * @param score in the stage's own unit, higher is better; never NaN. Scores of different stages
 *     cannot be compared.
 */
public record StageScore(String stage, int rank, double score) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if {@code rank} is below 1 or {@code score} is NaN
   */
  public StageScore {
    Objects.requireNonNull(stage, "stage");
    if (rank < 1) {
      throw new IllegalArgumentException("rank is " + rank + "; ranks start at 1");
    }
    if (Double.isNaN(score)) {
      throw new IllegalArgumentException("score of stage '" + stage + "' is NaN");
    }
  }
}
