package dev.reranker.lucene;

import java.util.Comparator;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.ScoreDoc;

/**
 * A hit with its new score.
 *
 * @param position its place in the first pass, from 0
 * @param raw the model's output, which tells scores apart that an activation has rounded to one
 */
record Rescored(int position, ScoreDoc hit, double score, double raw) {

  /** The score of what was not scored: finite, and below each score that a model gives. */
  static final float UNSCORED = -Float.MAX_VALUE;

  static final Comparator<Rescored> BEST_FIRST =
      Comparator.comparingDouble(Rescored::score)
          .thenComparingDouble(Rescored::raw)
          .reversed()
          .thenComparingInt(hit -> hit.hit().doc)
          .thenComparingInt(Rescored::position);

  /** A hit that was not scored, with the score that it has instead. */
  static Rescored unscored(int position, ScoreDoc hit, double score) {
    return new Rescored(position, hit, score, Double.NEGATIVE_INFINITY);
  }

  /** A new object of Lucene's; what it had of a search by Sort is kept. */
  ScoreDoc toScoreDoc() {
    return hit instanceof FieldDoc sorted && sorted.fields != null
        ? new FieldDoc(hit.doc, asFloat(), sorted.fields.clone(), hit.shardIndex)
        : new ScoreDoc(hit.doc, asFloat(), hit.shardIndex);
  }

  private float asFloat() {
    return score == UNSCORED
        ? UNSCORED
        : (float) Math.clamp(score, Math.nextUp(UNSCORED), Float.MAX_VALUE);
  }
}
