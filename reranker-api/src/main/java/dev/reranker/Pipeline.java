package dev.reranker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A search: a first stage, then one or more rerankers, each over what the one before kept.
 *
 * {@snippet :
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(Retrievers.rrf(index.knn(), index.bm25()), 100) // the rank window
 *     .rerank(small, 30)                                        // a cascade: the cheap model first
 *     .rerank(large, 10)
 *     .build();
 * SearchResult result = pipeline.search("how do whales sleep");
 * }
 *
 * <p>Without a reranker the result is the first stage's. A pipeline is immutable and thread-safe;
 * it does not own its stages, so whoever built them closes them.
 */
public final class Pipeline {

  private final Retriever retriever;
  private final int depth;
  private final List<Stage> stages;
  private final double minScore;
  private final int topN;

  private Pipeline(Retriever retriever, Builder builder) {
    this.retriever = retriever;
    this.depth = builder.depth;
    this.stages = List.copyOf(builder.stages);
    this.minScore = builder.minScore;
    this.topN = builder.topN;
  }

  /**
   * Starts a pipeline.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Searches with the pipeline's own settings.
   *
   * @param query what the user typed; not blank
   * @return the best documents and what each stage did
   * @throws IllegalArgumentException if the query is blank or does not fit the model
   * @throws RetrievalException if the first stage fails
   * @throws InferenceException if a reranker fails
   */
  public SearchResult search(String query) {
    return search(SearchRequest.of(query));
  }

  /**
   * Searches.
   *
   * @param request the query and what differs this time
   * @return the best documents and what each stage did
   * @throws IllegalArgumentException if the query does not fit the model
   * @throws RetrievalException if the first stage fails
   * @throws InferenceException if a reranker fails
   */
  public SearchResult search(SearchRequest request) {
    var reports = new ArrayList<StageReport>(stages.size() + 1);
    List<RankedDocument> hits = retrieve(request, reports);
    for (Stage stage : stages) {
      hits = stage.apply(request.query(), hits, reports);
    }
    List<RankedDocument> best =
        hits.stream()
            .filter(hit -> hit.score() >= minScore)
            .limit(request.topN().orElse(topN))
            .toList();
    return new SearchResult(request.query(), best, reports);
  }

  private List<RankedDocument> retrieve(SearchRequest request, List<StageReport> reports) {
    long start = System.nanoTime();
    List<Candidate> candidates = retriever.retrieve(request.query(), request.depth().orElse(depth));
    reports.add(
        new StageReport(retriever.name(), candidates.size(), since(start), Optional.empty()));
    var hits = new ArrayList<RankedDocument>(candidates.size());
    for (Candidate candidate : candidates) {
      hits.add(RankedDocument.unscored(candidate, hits.size()));
    }
    return hits;
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** A reranker, how many documents it keeps, and how its score meets the one before. */
  private record Stage(Reranker reranker, int keep, @Nullable ScoreCombiner combiner) {

    List<RankedDocument> apply(String query, List<RankedDocument> hits, List<StageReport> reports) {
      long start = System.nanoTime();
      var request = RerankRequest.of(query, hits.stream().map(RankedDocument::candidate).toList());
      RerankResult result = reranker.rerank(combiner == null ? request.withTopN(keep) : request);
      List<RankedDocument> ranked =
          combiner == null ? result.documents() : combine(combiner, request, result.documents());
      reports.add(
          new StageReport(
              reranker.name(), ranked.size(), since(start), Optional.of(result.stats())));
      return ranked;
    }

    private List<RankedDocument> combine(
        ScoreCombiner combiner, RerankRequest request, List<RankedDocument> reranked) {
      List<RankedDocument> inOrder =
          reranked.stream().sorted(Comparator.comparingInt(RankedDocument::index)).toList();
      double[] before =
          inOrder.stream()
              .mapToDouble(hit -> request.candidates().get(hit.index()).score())
              .toArray();
      double[] now = inOrder.stream().mapToDouble(RankedDocument::score).toArray();
      double[] combined = combiner.combine(before, now);

      record Scored(RankedDocument hit, double score) {}
      List<Scored> scored = new ArrayList<>(inOrder.size());
      for (int i = 0; i < combined.length; i++) {
        scored.add(new Scored(inOrder.get(i), combined[i]));
      }
      // The sort is stable and the list in first-stage order, so that order breaks ties.
      scored.sort(Comparator.comparingDouble(Scored::score).reversed());
      var result = new ArrayList<RankedDocument>(scored.size());
      for (Scored s : scored.subList(0, Math.min(keep, scored.size()))) {
        var place = new StageScore("combined", result.size() + 1, s.score());
        result.add(s.hit().with(s.hit().candidate().then(place)));
      }
      return result;
    }
  }

  /** Collects the stages; not thread-safe. */
  public static final class Builder {

    private @Nullable Retriever retriever;
    private int depth;
    private final List<Stage> stages = new ArrayList<>();
    private double minScore = Double.NEGATIVE_INFINITY;
    private int topN = Integer.MAX_VALUE;

    private Builder() {}

    /**
     * Sets the first stage: required.
     *
     * @param retriever finds the candidates
     * @param depth how many, at least 1; 100 is usual
     * @return this
     * @throws IllegalArgumentException if {@code depth} is below 1
     */
    public Builder retrieve(Retriever retriever, int depth) {
      this.retriever = Objects.requireNonNull(retriever, "retriever");
      this.depth = checkAtLeastOne("depth", depth);
      return this;
    }

    /**
     * Adds a reranker behind the stages so far; its score replaces the one before.
     *
     * @param reranker orders what the stage before kept
     * @param keep how many of the best go on, at least 1
     * @return this
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public Builder rerank(Reranker reranker, int keep) {
      return add(reranker, keep, null);
    }

    /**
     * Adds a reranker whose score is combined with the one before; results then have both in their
     * {@link Candidate#earlier()}.
     *
     * @param reranker orders what the stage before kept
     * @param keep how many of the best go on, at least 1
     * @param combiner makes the new score
     * @return this
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public Builder rerank(Reranker reranker, int keep, ScoreCombiner combiner) {
      return add(reranker, keep, Objects.requireNonNull(combiner, "combiner"));
    }

    private Builder add(Reranker reranker, int keep, @Nullable ScoreCombiner combiner) {
      stages.add(
          new Stage(
              Objects.requireNonNull(reranker, "reranker"),
              checkAtLeastOne("keep", keep),
              combiner));
      return this;
    }

    /**
     * Leaves out documents whose final score is lower; default: none. The unit is the last stage's.
     *
     * @param minScore the lowest score that is returned
     * @return this
     * @throws IllegalArgumentException if it is NaN
     */
    public Builder minScore(double minScore) {
      if (Double.isNaN(minScore)) {
        throw new IllegalArgumentException(
            "minScore is NaN; give a number in the last stage's unit");
      }
      this.minScore = minScore;
      return this;
    }

    /**
     * Sets how many documents a search returns; default: all that the last stage kept.
     *
     * @param topN at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder topN(int topN) {
      this.topN = checkAtLeastOne("topN", topN);
      return this;
    }

    /**
     * Makes the pipeline.
     *
     * @return the pipeline
     * @throws IllegalStateException if no first stage was set
     */
    public Pipeline build() {
      if (retriever == null) {
        throw new IllegalStateException(
            "a pipeline needs a first stage: call retrieve(retriever, depth)");
      }
      return new Pipeline(retriever, this);
    }

    static int checkAtLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + " is " + value + "; it is at least 1");
      }
      return value;
    }
  }
}
