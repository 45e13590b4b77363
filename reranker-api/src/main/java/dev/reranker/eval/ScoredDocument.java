package dev.reranker.eval;

import java.util.Objects;

/**
 * A document as a run ranks it.
 *
 * @param id the document's id
 * @param score higher is better; finite, also as a {@code float}
 */
public record ScoredDocument(String id, double score) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the score is NaN or infinite
   */
  public ScoredDocument {
    Objects.requireNonNull(id, "id");
    if (!Float.isFinite((float) score)) {
      throw new IllegalArgumentException(
          "score " + score + " of document '" + id + "' is not a finite number");
    }
  }
}
