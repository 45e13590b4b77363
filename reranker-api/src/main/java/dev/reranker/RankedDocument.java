package dev.reranker;

import java.util.List;
import java.util.Objects;

/**
 * A hit: a document, where it ended up, and why.
 *
 * @param candidate the document with its final rank and score and the history of all stages
 * @param logit the cross-encoder's raw output for the document, any finite number; NaN where {@code
 *     scored} is false
 * @param index the document's position, from 0, in the list that the reranker (or, without one, the
 *     pipeline's end) was given
 * @param scored true: a reranker scored it; false: it stands in first-stage order with its
 *     first-stage score
 * @param truncated the passage was too long for the model and only its beginning was read
 */
public record RankedDocument(
    Candidate candidate, float logit, int index, boolean scored, boolean truncated) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if {@code index} is negative, or {@code scored} is true and
   *     {@code logit} is NaN
   */
  public RankedDocument {
    Objects.requireNonNull(candidate, "candidate");
    if (index < 0) {
      throw new IllegalArgumentException("index is " + index + "; it counts from 0");
    }
    if (scored && Float.isNaN(logit)) {
      throw new IllegalArgumentException("the logit of a scored document is NaN");
    }
  }

  /** A document that no reranker scored. */
  static RankedDocument unscored(Candidate candidate, int index) {
    return new RankedDocument(candidate, Float.NaN, index, false, false);
  }

  /**
   * The document itself.
   *
   * @return the document
   */
  public Document document() {
    return candidate.document();
  }

  /**
   * The final rank.
   *
   * @return the rank, from 1
   */
  public int rank() {
    return candidate.rank();
  }

  /**
   * The final score: after a reranker, its activation of the logit (a probability for the usual
   * sigmoid), or what a {@link ScoreCombiner} made of it.
   *
   * @return the score, higher is better
   */
  public double score() {
    return candidate.score();
  }

  /**
   * What the stages before the last said, oldest first.
   *
   * @return the earlier stage scores, unmodifiable
   */
  public List<StageScore> earlier() {
    return candidate.earlier();
  }

  /** This hit with another place in the result. */
  RankedDocument with(Candidate moved) {
    return new RankedDocument(moved, logit, index, scored, truncated);
  }
}
