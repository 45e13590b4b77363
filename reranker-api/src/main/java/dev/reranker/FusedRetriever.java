package dev.reranker;

import dev.reranker.internal.Checks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Several retrievers, asked at the same time, whose candidates make one list. */
final class FusedRetriever implements Retriever, FirstStage.OfMany {

  /** What one retriever's list adds to the scores of its candidates. */
  @FunctionalInterface
  interface Vote {
    /**
     * One number for each candidate, in the list's order.
     *
     * @param retriever the retriever's position
     */
    double[] of(int retriever, List<Hit> found);
  }

  /** A document, who found it, and the sum of what they gave. */
  private static final class Fused {
    private final List<Hit> sightings = new ArrayList<>();
    private double score;
  }

  private final String name;
  private final List<Retriever> retrievers;
  private final Vote vote;
  private final FailurePolicy policy;
  private final @Nullable Executor executor;

  FusedRetriever(
      String name,
      List<Retriever> retrievers,
      Vote vote,
      FailurePolicy policy,
      @Nullable Executor executor) {
    this.name = name;
    this.retrievers = List.copyOf(retrievers);
    this.vote = vote;
    this.policy = policy;
    this.executor = executor;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Hit> retrieve(String query, int k) {
    return retrieve(query, k, SearchContext.create());
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    return find(query, k, context).hits();
  }

  @Override
  public Found find(String query, int k, SearchContext context) {
    Checks.retrieval(query, k);
    context.check();
    var answers = new FusionCall(name, retrievers, policy, context).ask(query, k, executor);
    List<StageReport> reports = new ArrayList<>();
    Map<String, Fused> byId = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      FusionCall.Answer answer = answers.get(i);
      reports.add(answer.report());
      List<Hit> found = answer.hits();
      double[] votes = vote.of(i, found);
      for (int j = 0; j < votes.length; j++) {
        Fused fused = byId.computeIfAbsent(found.get(j).document().id(), id -> new Fused());
        fused.sightings.add(found.get(j));
        fused.score += votes[j];
      }
    }
    List<Hit> hits = new ArrayList<>(byId.size());
    byId.values().forEach(fused -> hits.add(hit(fused)));
    hits.sort(Hit.BEST_FIRST);
    return new Found(Ranking.first(k, hits), reports);
  }

  private Hit hit(Fused fused) {
    List<StageScore> trail = new ArrayList<>();
    fused.sightings.forEach(sighting -> trail.addAll(sighting.trail()));
    // Rank 1 for all until they are sorted, so that ties fall through to the id.
    trail.add(StageScore.of(name, 1, fused.score));
    return Hit.of(fused.sightings.getFirst().document(), trail);
  }
}
