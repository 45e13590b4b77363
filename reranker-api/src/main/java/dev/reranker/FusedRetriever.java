package dev.reranker;

import dev.reranker.internal.Checks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Several retrievers, asked at the same time, whose candidates make one list. */
final class FusedRetriever implements Retriever {

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

  /** A document, who found it, and what they gave. */
  private static final class Fused {
    private final List<Hit> sightings = new ArrayList<>();
    private final List<Double> votes = new ArrayList<>();

    /** From the smallest on, so that equal votes make equal sums whoever gave which. */
    double score() {
      return votes.stream().sorted().reduce(0.0, Double::sum);
    }
  }

  private final String name;
  private final List<Retriever> retrievers;
  private final Vote vote;
  private final FailurePolicy policy;
  private final Executor executor;

  FusedRetriever(
      String name, List<Retriever> retrievers, Vote vote, FailurePolicy policy, Executor executor) {
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
    Checks.retrieval(query, k);
    context.check();
    // Each of the retrievers reads it for itself, or refuses it.
    context.filter();
    var call = new FusionCall(name, retrievers, policy, context);
    Map<String, Fused> byId = new LinkedHashMap<>();
    List<FusionCall.Answer> answers = call.ask(query, k, executor);
    for (int i = 0; i < answers.size(); i++) {
      context.addPart(answers.get(i).report());
      List<Hit> found = answers.get(i).hits();
      double[] votes = vote.of(i, found);
      for (int j = 0; j < votes.length; j++) {
        Fused fused = byId.computeIfAbsent(found.get(j).document().id(), id -> new Fused());
        fused.sightings.add(found.get(j));
        fused.votes.add(votes[j]);
      }
    }
    List<Hit> hits = new ArrayList<>(byId.size());
    byId.values().forEach(fused -> hits.add(hit(fused)));
    hits.sort(Hit.BEST_FIRST);
    return Ranking.retrieved(name, hits, k);
  }

  private Hit hit(Fused fused) {
    List<StageScore> trail = new ArrayList<>();
    fused.sightings.forEach(sighting -> trail.addAll(sighting.trail()));
    // Rank 1 for all until they are sorted, so that ties fall through to the id.
    trail.add(StageScore.of(name, 1, fused.score()));
    return Hit.of(document(fused.sightings), trail);
  }

  /**
   * The first one's document, with what was prepared of the same text for another where it has
   * nothing prepared itself.
   */
  private static Document document(List<Hit> sightings) {
    Document first = sightings.getFirst().document();
    if (first.prepared().isPresent()) {
      return first;
    }
    return sightings.stream()
        .map(Hit::document)
        .filter(other -> other.text().equals(first.text()))
        .flatMap(other -> other.prepared().stream())
        .findFirst()
        .map(first::withPrepared)
        .orElse(first);
  }
}
