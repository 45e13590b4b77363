package dev.reranker;

import java.util.List;

/**
 * The second stage: orders candidates by how well each answers the query, slowly and accurately.
 *
 * {@snippet :
 * RerankResult result = reranker.rerank("how do whales sleep", passages);
 * result.documents().forEach(d -> System.out.println(d.score() + " " + d.document().text()));
 * }
 *
 * <p>Implementations are thread-safe, never change their arguments, break ties by first-stage rank
 * and then by id, and answer an empty list with an empty result.
 */
public interface Reranker extends AutoCloseable {

  /**
   * Orders the candidates of a request.
   *
   * @param request query, candidates and how many to return
   * @return the best {@link RerankRequest#topN()}, best first
   * @throws IllegalArgumentException if the query does not fit the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws IllegalStateException if this reranker is closed
   */
  RerankResult rerank(RerankRequest request);

  /**
   * Orders bare texts; each result's {@link RankedDocument#index()} is the text's position.
   *
   * @param query what the user typed
   * @param passages the texts
   * @return all of them, best first
   */
  default RerankResult rerank(String query, List<String> passages) {
    return rerank(RerankRequest.ofTexts(query, passages));
  }

  /**
   * Orders documents that no stage has scored.
   *
   * @param query what the user typed
   * @param documents the documents; their order breaks ties
   * @return all of them, best first
   */
  default RerankResult rerankDocuments(String query, List<Document> documents) {
    return rerank(RerankRequest.ofDocuments(query, documents));
  }

  /**
   * The name under which results and reports mention this stage.
   *
   * @return the name; {@code "rerank"} unless the implementation has a better one
   */
  default String name() {
    return "rerank";
  }

  /**
   * Waits for calls in flight, then releases the model. A second call does nothing; any other call
   * afterwards is an {@link IllegalStateException}.
   */
  @Override
  void close();
}
