package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
   * @param minScore what the reranker scored lower is left out
   */
  RerankResult apply(RerankRequest request, int most, double minScore) {
    boolean combines = !combiner.equals(ScoreCombiner.replace());
    boolean all = combines || minScore > Double.NEGATIVE_INFINITY;
    RerankResult result = reranker.rerank(all ? request : request.withTopN(most));
    if (result == null) {
      throw new InferenceException("reranker '" + reranker.name() + "' gave null for a result");
    }
    List<Hit> hits = checked(request, result.hits());
    if (combines) {
      hits = combine(hits);
    }
    List<Hit> good =
        hits.stream().filter(hit -> !hit.scored() || own(hit, combines) >= minScore).toList();
    return RerankResult.of(Ranking.first(most, good), result.report());
  }

  /** The reranker's own score, which a combined one stands behind. */
  private static double own(Hit hit, boolean combined) {
    return combined ? hit.earlier().getLast().score() : hit.score();
  }

  /**
   * The border that a reranker's list crosses: each document once, each hit with an entry of this
   * stage, those that it scored before those that it did not.
   */
  private List<Hit> checked(RerankRequest request, List<Hit> hits) {
    Set<String> seen = new HashSet<>();
    List<Hit> scored = new ArrayList<>(hits.size());
    List<Hit> others = new ArrayList<>();
    for (Hit given : hits) {
      if (given.index() >= request.candidates().size()) {
        throw new InferenceException(
            "reranker '%s' gave a hit of index %d for %d candidates"
                .formatted(reranker.name(), given.index(), request.candidates().size()));
      }
      int before = request.candidates().get(given.index()).trail().size();
      Hit hit = given.trail().size() > before ? given : unscored(given, given.index());
      if (seen.add(hit.document().id())) {
        (hit.scored() ? scored : others).add(hit);
      }
    }
    scored.addAll(others);
    return scored;
  }

  /** The scored hits by their combined scores, the others behind them. */
  private List<Hit> combine(List<Hit> reranked) {
    List<Hit> scored =
        reranked.stream().filter(Hit::scored).sorted(Comparator.comparingInt(Hit::index)).toList();
    double[] scores = combiner.combined(scored);
    List<Hit> combined = new ArrayList<>(reranked.size());
    for (int i = 0; i < scores.length; i++) {
      combined.add(combined(scored.get(i), scores[i]));
    }
    // The sort is stable and the list in first-stage order, so that order breaks ties.
    combined.sort(Comparator.comparingDouble(Hit::score).reversed());
    for (Hit hit : reranked) {
      if (!hit.scored()) {
        combined.add(combined(hit, hit.score()));
      }
    }
    return combined;
  }

  private static Hit combined(Hit hit, double score) {
    return hit.then(hit.current().combined(COMBINED, score), hit.index());
  }

  /** Hits that this stage did not look at, in the order they came. */
  List<Hit> passOn(List<Hit> hits, int most) {
    List<Hit> passed = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      passed.add(unscored(hit, passed.size()));
    }
    return Ranking.first(most, passed);
  }

  private Hit unscored(Hit hit, int index) {
    return hit.then(StageScore.unscored(reranker.name(), 1, hit.score()), index);
  }
}
