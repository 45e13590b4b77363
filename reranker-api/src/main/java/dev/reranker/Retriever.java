package dev.reranker;

import java.util.List;
import java.util.Objects;

/**
 * The first stage: finds the candidates for a query, fast and roughly.
 *
 * <p>A lambda will do, so an application can bring any search engine it already has:
 *
 * {@snippet :
 * Retriever mine = (query, k) -> {
 *   var hits = new java.util.ArrayList<Candidate>();
 *   for (var row : engine.search(query, k)) {
 *     hits.add(Candidate.of(Document.of(row.id(), row.text()), "mine", hits.size() + 1, row.score()));
 *   }
 *   return hits;
 * };
 * }
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface Retriever {

  /**
   * Finds the best candidates for a query.
   *
   * @param query what the user typed; not blank
   * @param k how many candidates at most, at least 1
   * @return at most {@code k} candidates, ranks 1, 2, 3…, best first, equal scores by document id;
   *     no document twice; empty where nothing matches
   * @throws IllegalArgumentException if the query is blank or {@code k} is below 1
   * @throws RetrievalException if the search fails
   */
  List<Candidate> retrieve(String query, int k);

  /**
   * The name under which results and reports mention this stage.
   *
   * @return the name; {@code "retriever"} unless the implementation has a better one
   */
  default String name() {
    return "retriever";
  }

  /**
   * Checks the arguments of {@link #retrieve} as its contract asks.
   *
   * @param query what the user typed
   * @param k how many candidates at most
   * @throws IllegalArgumentException if the query is blank or {@code k} is below 1
   */
  static void checkArguments(String query, int k) {
    Objects.requireNonNull(query, "query");
    if (query.isBlank()) {
      throw new IllegalArgumentException(
          "the query is blank: give at least one word to search for");
    }
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; ask for at least 1 candidate");
    }
  }
}
