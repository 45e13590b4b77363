package dev.reranker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Retrievers made of retrievers. */
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
    List<Retriever> fused = List.copyOf(retrievers);
    if (fused.isEmpty()) {
      throw new IllegalArgumentException("rrf needs at least one retriever");
    }
    return new RrfRetriever(k, fused);
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

  private record RrfRetriever(int k, List<Retriever> retrievers) implements Retriever {

    private static final String NAME = "rrf";

    @Override
    public List<Candidate> retrieve(String query, int depth) {
      Retriever.checkArguments(query, depth);
      Map<String, List<Candidate>> found = new LinkedHashMap<>();
      for (Retriever retriever : retrievers) {
        for (Candidate candidate : retriever.retrieve(query, depth)) {
          found.computeIfAbsent(candidate.document().id(), id -> new ArrayList<>()).add(candidate);
        }
      }
      List<Candidate> fused = new ArrayList<>(found.size());
      found.values().forEach(sightings -> fused.add(fuse(sightings)));
      fused.sort(Candidate.BEST_FIRST);
      return Ranking.renumber(fused.subList(0, Math.min(depth, fused.size())));
    }

    private Candidate fuse(List<Candidate> sightings) {
      double score = sightings.stream().mapToDouble(c -> reciprocal(k, c.rank())).sum();
      List<StageScore> earlier = new ArrayList<>();
      for (Candidate sighting : sightings) {
        earlier.addAll(sighting.earlier());
        earlier.add(sighting.current());
      }
      // Rank 1 for all until they are sorted, so that ties fall through to the id.
      return new Candidate(sightings.get(0).document(), new StageScore(NAME, 1, score), earlier);
    }

    @Override
    public String name() {
      return NAME;
    }
  }
}
