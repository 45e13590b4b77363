package dev.reranker.depth;

import dev.reranker.Hit;
import dev.reranker.ScoreCombiner;
import java.util.List;

/** What a pipeline orders reranked candidates by. */
final class FinalScores {

  private FinalScores() {}

  /**
   * The score of each hit after combining; where nothing is combined the raw output, which tells
   * apart what an activation rounds to one score.
   *
   * @param scored hits that the reranker scored, in first-stage order
   */
  static double[] of(ScoreCombiner combiner, List<Hit> scored) {
    return combiner.equals(ScoreCombiner.replace())
        ? scored.stream().mapToDouble(hit -> hit.raw().orElse(hit.score())).toArray()
        : combiner.combined(scored);
  }
}
