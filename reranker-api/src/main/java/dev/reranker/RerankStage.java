package dev.reranker;

import dev.reranker.StageReport.Outcome;
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
   * @param limits how many of them are scored and kept
   */
  RerankResult apply(RerankRequest request, StageLimits limits) {
    int most = limits.most();
    double minScore = limits.minScore();
    List<Hit> given = request.candidates();
    List<Integer> tried = tried(given, limits);
    boolean combines = !combiner.equals(ScoreCombiner.replace());
    boolean all = combines || minScore > Double.NEGATIVE_INFINITY;
    RerankRequest asked = tried.size() == given.size() ? request : part(request, tried);
    RerankResult result = reranker.rerank(all ? asked : asked.withTopN(most));
    if (result == null) {
      throw new InferenceException("reranker '" + reranker.name() + "' gave null for a result");
    }
    StageReport report = result.report();
    if (limits.partial() == FailurePolicy.Partial.ALL_OR_NOTHING
        && report.outcome() == Outcome.DEADLINE
        && report.skipped() > 0) {
      StageReport none = report.copy(report.stage()).scored(0, given.size()).build();
      return RerankResult.of(passOn(given, limits), none);
    }
    List<Hit> hits = checked(asked, result.hits());
    if (asked != request) {
      hits = whole(given, tried, hits);
      int skipped = report.skipped() + given.size() - tried.size();
      report = report.copy(report.stage()).scored(report.scored(), skipped).build();
    }
    if (combines) {
      hits = combine(hits);
    }
    List<Hit> good =
        hits.stream()
            .filter(
                hit -> hit.scored() ? own(hit, combines) >= minScore : staysUnscored(hit, minScore))
            .toList();
    return RerankResult.of(Ranking.first(most, good), report);
  }

  /** The positions of those that the reranker is given. */
  private List<Integer> tried(List<Hit> given, StageLimits limits) {
    List<Integer> tried = new ArrayList<>();
    for (int i = 0; i < Math.min(limits.window(), given.size()); i++) {
      if (hasText(given.get(i))) {
        tried.add(i);
      }
    }
    if (tried.size() > limits.mostCandidates()) {
      throw new IllegalArgumentException(
          "reranker '%s' would have to score %d candidates; the pipeline's limit is %d: ask for a smaller depth, let the stage before keep fewer, set a window, or raise mostCandidates"
              .formatted(reranker.name(), tried.size(), limits.mostCandidates()));
    }
    return tried;
  }

  private static boolean hasText(Hit hit) {
    return !hit.document().text().isBlank() || hit.document().prepared().isPresent();
  }

  /** What has nothing to score meets no limit; what was not tried might. */
  private static boolean staysUnscored(Hit hit, double minScore) {
    return minScore == Double.NEGATIVE_INFINITY || hasText(hit);
  }

  private static RerankRequest part(RerankRequest request, List<Integer> positions) {
    List<Hit> hits = positions.stream().map(request.candidates()::get).toList();
    return RerankRequest.of(request.query(), hits).withContext(request.context());
  }

  /** What came of those that were tried, with the others, at their places in the whole list. */
  private List<Hit> whole(List<Hit> given, List<Integer> tried, List<Hit> reranked) {
    List<Hit> whole = new ArrayList<>(given.size());
    List<Hit> rest = new ArrayList<>();
    for (Hit hit : reranked) {
      (hit.scored() ? whole : rest).add(hit.at(tried.get(hit.index())));
    }
    Set<Integer> known = new HashSet<>(tried);
    for (int i = 0; i < given.size(); i++) {
      if (!known.contains(i)) {
        rest.add(unscored(given.get(i), i));
      }
    }
    rest.sort(Comparator.comparingInt(Hit::index));
    whole.addAll(rest);
    return whole;
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
  List<Hit> passOn(List<Hit> hits, StageLimits limits) {
    List<Hit> passed = new ArrayList<>(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      if (staysUnscored(hits.get(i), limits.minScore())) {
        passed.add(unscored(hits.get(i), i));
      }
    }
    return Ranking.first(limits.most(), passed);
  }

  private Hit unscored(Hit hit, int index) {
    return hit.then(StageScore.unscored(reranker.name(), 1, hit.score()), index);
  }
}
