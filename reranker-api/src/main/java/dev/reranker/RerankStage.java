package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A reranker in a pipeline.
 *
 * @param keep how many documents it hands on
 * @param combiner how its score meets the one before; {@link ScoreCombiner#replace()}: it does not
 */
record RerankStage(Reranker reranker, int keep, ScoreCombiner combiner) {

  private static final String COMBINED = "combined";

  /**
   * Orders hits, all of them, and combines scores where that is wanted.
   *
   * @param most how many of the best are needed
   */
  RerankResult apply(RerankRequest request, int most, double minScore) {
    boolean combines = !combiner.equals(ScoreCombiner.replace());
    boolean all = combines || minScore > Double.NEGATIVE_INFINITY;
    RerankResult result = reranker.rerank(all ? request : request.withTopN(most));
    if (result == null) {
      throw new InferenceException("reranker '" + reranker.name() + "' gave null for a result");
    }
    List<Hit> hits = Ranking.checked(reranker.name(), result.hits(), Integer.MAX_VALUE);
    if (combines) {
      hits = combine(request, hits);
    }
    List<Hit> good =
        hits.stream().filter(hit -> !hit.scored() || own(hit, combines) >= minScore).toList();
    return RerankResult.of(Ranking.first(most, good), result.report());
  }

  /** The reranker's own score, which a combined one stands behind. */
  private static double own(Hit hit, boolean combined) {
    return combined ? hit.earlier().getLast().score() : hit.score();
  }

  /** The scored hits by their combined scores, the others behind them. */
  private List<Hit> combine(RerankRequest request, List<Hit> reranked) {
    List<Hit> scored =
        reranked.stream().filter(Hit::scored).sorted(Comparator.comparingInt(Hit::index)).toList();
    List<StageScore> before =
        scored.stream().map(hit -> candidate(request, hit).current()).toList();
    List<StageScore> now = scored.stream().map(Hit::current).toList();
    double[] scores = combiner.combined(before, now);
    List<Hit> combined = new ArrayList<>(reranked.size());
    for (int i = 0; i < scores.length; i++) {
      Hit hit = scored.get(i);
      combined.add(hit.then(hit.current().combined(COMBINED, scores[i]), hit.index()));
    }
    // The sort is stable and the list in first-stage order, so that order breaks ties.
    combined.sort(Comparator.comparingDouble(Hit::score).reversed());
    for (Hit hit : reranked) {
      if (!hit.scored()) {
        combined.add(hit.then(hit.current().combined(COMBINED, hit.score()), hit.index()));
      }
    }
    return combined;
  }

  private Hit candidate(RerankRequest request, Hit hit) {
    if (hit.index() >= request.candidates().size()) {
      throw new InferenceException(
          "reranker '%s' gave a hit of index %d for %d candidates"
              .formatted(reranker.name(), hit.index(), request.candidates().size()));
    }
    return request.candidates().get(hit.index());
  }

  /** Hits that this stage did not look at, in the order they came. */
  List<Hit> passOn(List<Hit> hits, int most) {
    List<Hit> passed = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      passed.add(hit.then(StageScore.unscored(reranker.name(), 1, hit.score()), passed.size()));
    }
    return Ranking.first(most, passed);
  }
}
