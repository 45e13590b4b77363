package dev.reranker;

import java.util.List;

/**
 * A late-interaction model (ColBERT and its kin): turns a text into one vector a token, so that
 * each word of a query can look for its own best match in a passage.
 *
 * <p>Implementations are thread-safe and answer an empty list with an empty list.
 */
public interface MultiVectorEmbedder extends AutoCloseable {

  /**
   * Embeds a query.
   *
   * @param query the text
   * @return one vector of {@link #dimension()} floats a token, the caller's own; none for a text
   *     without tokens
   * @throws InferenceException if the model fails
   */
  List<float[]> embedQueryTokens(String query);

  /**
   * Embeds passages.
   *
   * @param passages the texts; may be empty, both the list and each text
   * @return for each passage, in input order, one vector a token; none for a text without tokens
   * @throws InferenceException if the model fails
   */
  List<List<float[]>> embedPassageTokens(List<String> passages);

  /**
   * The length of each vector.
   *
   * @return the dimension, at least 1
   */
  int dimension();

  /**
   * The model's name. Vectors of models with different names must not be mixed in one index.
   *
   * @return the name
   */
  String name();

  /**
   * Waits for calls in flight, then releases the model. A second call does nothing; any other call
   * afterwards is an {@link IllegalStateException}.
   */
  @Override
  void close();
}
