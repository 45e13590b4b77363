package dev.reranker;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A query, and what may differ from call to call.
 *
 * @param query what the user typed; not blank
 * @param topN how many documents to return; empty: as the pipeline was built
 * @param depth how many candidates the first stage brings; empty: as the pipeline was built
 */
public record SearchRequest(String query, OptionalInt topN, OptionalInt depth) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the query is blank, or a number is below 1
   */
  public SearchRequest {
    Objects.requireNonNull(query, "query");
    Objects.requireNonNull(topN, "topN");
    Objects.requireNonNull(depth, "depth");
    if (query.isBlank()) {
      throw new IllegalArgumentException(
          "the query is blank: give at least one word to search for");
    }
    Pipeline.Builder.checkAtLeastOne("topN", topN.orElse(1));
    Pipeline.Builder.checkAtLeastOne("depth", depth.orElse(1));
  }

  /**
   * A request with the pipeline's own settings.
   *
   * @param query what the user typed; not blank
   * @return the request
   */
  public static SearchRequest of(String query) {
    return new SearchRequest(query, OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * The same request for another number of results.
   *
   * @param topN how many documents to return, at least 1
   * @return the request
   */
  public SearchRequest withTopN(int topN) {
    return new SearchRequest(query, OptionalInt.of(topN), depth);
  }

  /**
   * The same request over another number of candidates.
   *
   * @param depth how many candidates the first stage brings, at least 1
   * @return the request
   */
  public SearchRequest withDepth(int depth) {
    return new SearchRequest(query, topN, OptionalInt.of(depth));
  }
}
