package dev.reranker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Several retrievers as one: all are asked at the same time, and what they found makes one list.
 *
 * {@snippet :
 * Retriever hybrid = Fusion.rrf(index.knn(), index.bm25());
 *
 * Retriever robust = Fusion.builder()
 *     .retriever(index.knn(), 0.7)
 *     .retriever(index.bm25(), 0.3)
 *     .byScore()
 *     .onFailure(FailurePolicy.CONTINUE)
 *     .build();
 * }
 *
 * <p><b>Candidates.</b> Each retriever is asked for as many candidates as the fusion is. Documents
 * are one if their ids are. A fused hit's {@link Hit#trail()} has one entry for each retriever that
 * found it, in the order they were added, then the fusion's; its text and metadata are those of the
 * first of them, as is what a reranker {@linkplain Document#prepared() prepared} of the text; where
 * the first has none, another's is kept that has the same text. Ties break by id.
 *
 * <p><b>Failure.</b> Where a retriever fails, the search fails at once with an exception of the
 * same kind that names it, and the others are interrupted and no longer waited for; by {@link
 * FailurePolicy#CONTINUE} it is left out instead, unless all failed. A call with a filter goes to
 * each retriever with the filter; one that cannot apply it refuses the call, under either policy.
 *
 * <p><b>Time.</b> At the deadline those that have not answered are interrupted; by {@link
 * FailurePolicy#CONTINUE} the others' answers are used, otherwise the call ends with a {@link
 * dev.reranker.error.DeadlineException}. A cancelled call, and one whose thread is interrupted,
 * ends with a {@link dev.reranker.error.CancelledException}.
 */
public final class Fusion {

  private Fusion() {}

  /**
   * Reciprocal rank fusion with k = 60, in which all retrievers count the same.
   *
   * @param retrievers what to fuse, at least one
   * @return the fused retriever, named {@code "rrf"}
   * @throws IllegalArgumentException if there is no retriever
   * @see Builder#byRank(int)
   */
  public static Retriever rrf(Retriever... retrievers) {
    Builder builder = builder();
    for (Retriever retriever : retrievers) {
      builder.retriever(retriever);
    }
    return builder.build();
  }

  /**
   * Starts a fusion.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the retrievers of a fusion and how they are joined; not thread-safe. */
  public static final class Builder {

    private final List<Retriever> retrievers = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private int k = Combiners.RRF_K;
    private boolean byScore;
    private FailurePolicy policy = FailurePolicy.THROW;
    private Executor executor = task -> Thread.ofVirtual().name("reranker-fusion").start(task);
    private @Nullable String name;

    private Builder() {}

    /**
     * Adds a retriever of weight 1.
     *
     * @param retriever what to ask
     * @return this
     */
    public Builder retriever(Retriever retriever) {
      return retriever(retriever, 1);
    }

    /**
     * Adds a retriever.
     *
     * @param retriever what to ask
     * @param weight its votes are multiplied by; at least 0 and finite
     * @return this
     * @throws IllegalArgumentException if the weight is negative, infinite or NaN
     */
    public Builder retriever(Retriever retriever, double weight) {
      Objects.requireNonNull(retriever, "retriever");
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the weight of '%s' is %s; weights are finite and at least 0"
                .formatted(retriever.name(), weight));
      }
      retrievers.add(retriever);
      weights.add(weight);
      return this;
    }

    /**
     * Joins by reciprocal rank fusion: a document's score is the sum, over the retrievers that
     * found it, of weight / (k + its rank there). Only ranks count, so retrievers with scores of
     * different units (BM25, cosine) can be joined. The default, with k = 60.
     *
     * <p>Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
     * individual Rank Learning Methods", SIGIR 2009, which has no weights.
     *
     * @param k dampens the weight of the first ranks, at least 1; the paper's is 60
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder byRank(int k) {
      if (k < 1) {
        throw new IllegalArgumentException("RRF's k is " + k + "; it is at least 1, usually 60");
      }
      this.k = k;
      this.byScore = false;
      return this;
    }

    /**
     * Joins by weighted scores: a document's score is the sum, over the retrievers that found it,
     * of the weight times the document's score there, brought to 0…1 within that retriever's
     * candidates (min-max: the best counts 1, the last 0; where all are equal they count 1). Unlike
     * RRF it sees how far ahead a document is, and it needs weights that suit the collection; with
     * weights that sum to 1 scores lie between 0 and 1.
     *
     * <p>Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM
     * TOIS 42(1), 2023.
     *
     * @return this
     */
    public Builder byScore() {
      this.byScore = true;
      return this;
    }

    /**
     * Sets what happens when a retriever fails; default: {@link FailurePolicy#THROW}, since a
     * search that lacks a retriever's documents looks like one that has none.
     *
     * @param policy whether the search fails or goes on without it
     * @return this
     */
    public Builder onFailure(FailurePolicy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets where retrievers are asked; default: each on a new virtual thread. Give an executor of
     * platform threads for CPU-bound retrievers, and one that propagates thread-locals where yours
     * need them; {@code Runnable::run} asks one after the other on the calling thread. One that
     * refuses a task fails that retriever; one that drops tasks in silence is waited for.
     *
     * @param executor runs one task for each retriever; stays the caller's
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Names the stage; default: {@code "rrf"}, or {@code "weighted"} when joined by score.
     *
     * @param name the name under which results and reports mention it
     * @return this
     */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Makes the fused retriever.
     *
     * @return the retriever
     * @throws IllegalStateException if there is no retriever
     */
    public Retriever build() {
      String stage = name != null ? name : byScore ? "weighted" : "rrf";
      if (retrievers.isEmpty()) {
        throw new IllegalStateException(
            "the fusion '" + stage + "' needs at least one retriever: call retriever(..)");
      }
      List<Double> factors = List.copyOf(weights);
      return new FusedRetriever(
          stage, retrievers, byScore ? byScores(factors) : byRanks(k, factors), policy, executor);
    }

    private static FusedRetriever.Vote byRanks(int k, List<Double> weights) {
      return (retriever, found) ->
          found.stream()
              .mapToDouble(hit -> weights.get(retriever) * Combiners.reciprocal(k, hit.rank()))
              .toArray();
    }

    private static FusedRetriever.Vote byScores(List<Double> weights) {
      return (retriever, found) -> {
        double[] votes = Combiners.minMax(found, Hit::score, 1);
        for (int i = 0; i < votes.length; i++) {
          votes[i] *= weights.get(retriever);
        }
        return votes;
      };
    }
  }
}
