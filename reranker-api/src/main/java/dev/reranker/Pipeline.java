package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A search: a first stage, then one or more rerankers, each over what the one before kept.
 *
 * {@snippet :
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(Fusion.rrf(index.knn(), index.bm25()), 100) // the rank window
 *     .rerank(small, 30)                                    // a cascade: the cheap model first
 *     .rerank(large, 10)
 *     .build();
 * SearchResult result = pipeline.search("how do whales sleep");
 * }
 *
 * <p>Without a reranker the result is the first stage's. A pipeline is immutable and thread-safe;
 * it does not own its stages, so whoever built them closes them.
 *
 * <p><b>Partial results.</b> A search still answers when a reranker cannot: if the deadline passes
 * or a reranker fails, unscored candidates keep their previous order behind the scored ones, and
 * the {@linkplain SearchResult#stages() reports} say so. {@link Builder#onFailure(FailurePolicy)}
 * makes it an exception instead, {@link Builder#onPartial} another order. A failing first stage,
 * invalid arguments, closed stages and cancelled calls always throw. The stages look at the
 * deadline themselves, on the calling thread: one that hangs is waited for, unless it is a
 * retriever of a {@link Fusion} or under a {@link dev.reranker.resilience.TimeLimit}.
 *
 * <p><b>Nothing to score.</b> A candidate whose text is blank, with nothing prepared of it either,
 * is not given to a reranker: it stays unscored, behind the scored ones, and the report counts it.
 * A {@link Builder#minScore} drops it, which it can never meet, and keeps those that were not
 * tried.
 */
public final class Pipeline {

  private final PipelineSettings settings;

  private Pipeline(PipelineSettings settings) {
    this.settings = settings;
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
   * Starts a pipeline from this one's settings; {@link Builder#retrieve} then replaces the first
   * stage and {@link Builder#rerank} adds to the stages that are there.
   *
   * @return a new builder; this pipeline stays as it is
   */
  public Builder toBuilder() {
    return new Builder(settings);
  }

  /**
   * Searches with the pipeline's own settings.
   *
   * @param query what the user typed; not blank
   * @return the best documents and what each stage did
   * @throws IllegalArgumentException if the query is blank or does not fit the model
   * @throws RetrievalException if the first stage fails
   * @throws DeadlineException if the first stage gave up because the deadline passed
   * @throws CancelledException if the calling thread was interrupted and a stage heeds it; its flag
   *     is kept
   * @throws InferenceException if a reranker fails and the policy is {@link FailurePolicy#THROW}
   */
  public SearchResult search(String query) {
    return search(SearchRequest.of(query));
  }

  /**
   * Searches.
   *
   * @param request the query and what differs this time
   * @return the best documents and what each stage did
   * @throws IllegalArgumentException if the query does not fit the model, or the first stage cannot
   *     apply the request's filter
   * @throws RetrievalException if the first stage fails
   * @throws DeadlineException if the first stage gave up because the deadline passed
   * @throws CancelledException if the call was cancelled, or the calling thread interrupted, whose
   *     flag is then kept
   * @throws InferenceException if a reranker fails and the policy is {@link FailurePolicy#THROW}
   */
  public SearchResult search(SearchRequest request) {
    return new SearchCall(settings, request).run();
  }

  /** Collects the stages; not thread-safe. */
  public static final class Builder {

    private @Nullable Retriever retriever;
    private int depth;
    private final List<RerankStage> stages = new ArrayList<>();
    private double minScore = Double.NEGATIVE_INFINITY;
    private int topN = Integer.MAX_VALUE;
    private Optional<Duration> deadline = Optional.empty();
    private FailurePolicy policy = FailurePolicy.CONTINUE;
    private FailurePolicy.Partial partial = FailurePolicy.Partial.SCORED_FIRST;
    private int window = Integer.MAX_VALUE;
    private int mostCandidates = Integer.MAX_VALUE;
    private SearchListener listener = Listeners.NONE;
    private LongSupplier clock = System::nanoTime;

    private Builder() {}

    private Builder(PipelineSettings settings) {
      this.retriever = settings.retriever();
      this.depth = settings.depth();
      this.stages.addAll(settings.stages());
      this.minScore = settings.minScore();
      this.topN = settings.topN();
      this.deadline = settings.deadline();
      this.policy = settings.policy();
      this.partial = settings.partial();
      this.window = settings.window();
      this.mostCandidates = settings.mostCandidates();
      this.listener = settings.listener();
      this.clock = settings.clock();
    }

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
      this.depth = Checks.atLeastOne("depth", depth);
      return this;
    }

    /**
     * Adds a reranker behind the stages so far; its score is joined with the one before in the way
     * that the reranker itself {@linkplain Reranker#combiner() asks for}: by replacing it, or,
     * where a model gives logits, with the order before it.
     *
     * @param reranker orders what the stage before kept; asked for its combiner now, once
     * @param keep how many of the best go on, at least 1
     * @return this
     * @throws IllegalArgumentException if {@code keep} is below 1
     * @throws NullPointerException if the reranker is null, or its combiner, whose message names it
     */
    public Builder rerank(Reranker reranker, int keep) {
      Objects.requireNonNull(reranker, "reranker");
      return rerank(
          reranker,
          keep,
          Objects.requireNonNull(
              reranker.combiner(),
              () ->
                  "the combiner of reranker '%s' is null; one that joins nothing is ScoreCombiner.replace()"
                      .formatted(reranker.name())));
    }

    /**
     * Adds a reranker whose score is combined with the one before in this way, whichever the
     * reranker itself asks for; hits then have an entry {@code "combined"} in their {@linkplain
     * Hit#trail() trail} behind the reranker's own.
     *
     * @param reranker orders what the stage before kept
     * @param keep how many of the best go on, at least 1
     * @param combiner makes the new score; {@link ScoreCombiner#replace()} is the same as none: the
     *     reranker's score alone
     * @return this
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public Builder rerank(Reranker reranker, int keep, ScoreCombiner combiner) {
      stages.add(
          new RerankStage(
              Objects.requireNonNull(reranker, "reranker"),
              Checks.atLeastOne("keep", keep),
              Objects.requireNonNull(combiner, "combiner")));
      return this;
    }

    /**
     * Drops documents that the last stage scored below this; default: none. What counts is the last
     * reranker's own score, as it reports it, also where scores are combined, and the first stage's
     * without a reranker. A document that the last reranker did not try to score stays, behind the
     * others; one that has no text to score is dropped.
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
     * Sets how many documents a search returns at most; default: all that the last stage keeps.
     * {@link SearchRequest#withTopN} takes the place of both for one call.
     *
     * @param topN at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder topN(int topN) {
      this.topN = Checks.atLeastOne("topN", topN);
      return this;
    }

    /**
     * Sets how long a search may take, counted from its start; default: no limit. See the class
     * comment for what is returned when the time is up.
     *
     * @param time longer than zero
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public Builder deadline(Duration time) {
      this.deadline = Optional.of(Checks.positive("deadline", time));
      return this;
    }

    /**
     * Sets what happens when a reranker fails or the deadline passes; default: {@link
     * FailurePolicy#CONTINUE}.
     *
     * @param policy whether the search fails or keeps the order of the stage before
     * @return this
     */
    public Builder onFailure(FailurePolicy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets what is made of a reranker's answer where the deadline passed before all candidates were
     * scored; default: {@link FailurePolicy.Partial#SCORED_FIRST}. A reranker that stopped early by
     * itself has its answer kept under either.
     *
     * @param partial the order of such an answer
     * @return this
     */
    public Builder onPartial(FailurePolicy.Partial partial) {
      this.partial = Objects.requireNonNull(partial, "partial");
      return this;
    }

    /**
     * Sets how many candidates, the first ones, each reranker scores at most; the others follow
     * unscored, in the order they came in. Default: all. For pages that go on behind what is
     * reranked, see {@link SearchRequest#withOffset}.
     *
     * @param candidates at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder window(int candidates) {
      this.window = Checks.atLeastOne("window", candidates);
      return this;
    }

    /**
     * Sets how many candidates a reranker may be asked to score; a search with more, by a request's
     * own depth for example, is refused with an {@link IllegalArgumentException} that gives both
     * numbers, before the model is asked. Default: no limit.
     *
     * @param candidates at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder mostCandidates(int candidates) {
      this.mostCandidates = Checks.atLeastOne("mostCandidates", candidates);
      return this;
    }

    /**
     * Sets who hears what the stages of every search do, meters for example; a request's own
     * {@linkplain SearchRequest#withListener listener} hears its search as well. Default: nobody.
     *
     * @param listener thread-safe and quick
     * @return this
     */
    public Builder listener(SearchListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets the clock by which durations and deadlines are taken; default: {@link
     * System#nanoTime()}. For tests, which then own the time.
     *
     * @param clock nanoseconds that only grow, from any origin; may wrap around
     * @return this
     */
    public Builder clock(LongSupplier clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
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
      return new Pipeline(
          new PipelineSettings(
              retriever,
              depth,
              stages,
              minScore,
              topN,
              deadline,
              policy,
              partial,
              window,
              mostCandidates,
              listener,
              clock));
    }
  }
}
