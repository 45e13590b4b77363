package dev.reranker;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Retrievers made of retrievers.
 *
 * <p>A fused retriever asks all of its retrievers at the same time, each on a virtual thread of its
 * own, and waits for all. Where one fails, the search fails with an exception of the same kind that
 * names it; where several do, the first of them in order is named. An interrupt of the waiting
 * thread is passed on to them and ends the search with a {@link RetrievalException}; the thread's
 * interrupt flag is kept.
 */
public final class Retrievers {

  /** The constant of reciprocal rank fusion that its authors found robust. */
  static final int RRF_K = 60;

  private Retrievers() {}

  /**
   * Reciprocal rank fusion with k = 60.
   *
   * @param retrievers what to fuse, at least one
   * @return the fused retriever, named {@code "rrf"}
   * @see #rrf(int, List)
   */
  public static Retriever rrf(Retriever... retrievers) {
    return rrf(RRF_K, List.of(retrievers));
  }

  /**
   * Reciprocal rank fusion: a document's score is the sum, over the retrievers that found it, of 1
   * / (k + its rank there). Only ranks count, so retrievers with scores of different units (BM25,
   * cosine) can be joined.
   *
   * <p>Each retriever is asked for as many candidates as the fusion is. A fused candidate's {@link
   * Candidate#earlier()} has one entry a retriever that found it, in the order of {@code
   * retrievers}; the text and metadata are those of the first of them. Ties break by id.
   *
   * <p>Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
   * individual Rank Learning Methods", SIGIR 2009.
   *
   * @param k dampens the weight of the first ranks, at least 1; the paper's is 60
   * @param retrievers what to fuse, at least one
   * @return the fused retriever, named {@code "rrf"}
   * @throws IllegalArgumentException if there is no retriever or {@code k} is below 1
   */
  public static Retriever rrf(int k, List<Retriever> retrievers) {
    if (k < 1) {
      throw new IllegalArgumentException("RRF's k is " + k + "; it is at least 1, usually 60");
    }
    List<Retriever> fused = checkSome("rrf", retrievers);
    return new FusedRetriever(
        "rrf",
        fused,
        (retriever, found) -> found.stream().mapToDouble(c -> reciprocal(k, c.rank())).toArray());
  }

  /**
   * Weighted fusion: a document's score is the sum, over the retrievers that found it, of the
   * retriever's weight times the document's score there, brought to 0…1 within that retriever's
   * candidates (min-max: the best counts 1, the last 0; where all are equal they count 1). Unlike
   * RRF it sees how far ahead a document is, and it needs weights that suit the collection.
   *
   * <p>Each retriever is asked for as many candidates as the fusion is. A fused candidate's {@link
   * Candidate#earlier()} has one entry a retriever that found it, in the order of {@code
   * retrievers}; the text and metadata are those of the first of them. Ties break by id.
   *
   * <p>Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM
   * TOIS 42(1), 2023.
   *
   * @param weights one a retriever, at least 0 and finite; with weights that sum to 1 scores lie
   *     between 0 and 1
   * @param retrievers what to fuse, at least one
   * @return the fused retriever, named {@code "weighted"}
   * @throws IllegalArgumentException if there is no retriever, not one weight a retriever, or a
   *     weight is negative, infinite or NaN
   */
  public static Retriever weighted(List<Double> weights, List<Retriever> retrievers) {
    List<Retriever> fused = checkSome("weighted", retrievers);
    if (weights.size() != fused.size()) {
      throw new IllegalArgumentException(
          "%d weights for %d retrievers; give one each".formatted(weights.size(), fused.size()));
    }
    double[] factors = weights.stream().mapToDouble(Double::doubleValue).toArray();
    for (double factor : factors) {
      if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a weight is " + factor + "; weights are finite and at least 0");
      }
    }
    return new FusedRetriever(
        "weighted",
        fused,
        (retriever, found) ->
            Arrays.stream(shares(found)).map(share -> factors[retriever] * share).toArray());
  }

  private static double[] shares(List<Candidate> found) {
    double max = found.stream().mapToDouble(Candidate::score).max().orElse(0);
    double min = found.stream().mapToDouble(Candidate::score).min().orElse(0);
    return found.stream()
        .mapToDouble(c -> max > min ? (c.score() - min) / (max - min) : 1)
        .toArray();
  }

  private static List<Retriever> checkSome(String fusion, List<Retriever> retrievers) {
    if (retrievers.isEmpty()) {
      throw new IllegalArgumentException(fusion + " needs at least one retriever");
    }
    return List.copyOf(retrievers);
  }

  /**
   * A retriever under another name, so that two of a kind can be told apart in results.
   *
   * @param name the new name; candidates of the retriever carry it as their stage
   * @param retriever what to rename
   * @return the named retriever
   */
  public static Retriever named(String name, Retriever retriever) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(retriever, "retriever");
    return new Retriever() {
      @Override
      public List<Candidate> retrieve(String query, int k) {
        return retriever.retrieve(query, k).stream()
            .map(
                c ->
                    new Candidate(
                        c.document(), new StageScore(name, c.rank(), c.score()), c.earlier()))
            .toList();
      }

      @Override
      public String name() {
        return name;
      }
    };
  }

  static double reciprocal(int k, int rank) {
    return 1.0 / (k + rank);
  }
}
