package dev.reranker;

import java.util.List;

/**
 * A bi-encoder: turns a text into one vector, so that close vectors mean close meanings.
 *
 * <p>Implementations are thread-safe and answer an empty list with an empty list.
 */
public interface Embedder extends AutoCloseable {

  /**
   * Embeds a query, with the model's query prompt where it has one.
   *
   * @param query the text
   * @return a vector of {@link #dimension()} floats, the caller's own
   * @throws InferenceException if the model fails
   */
  float[] embedQuery(String query);

  /**
   * Embeds passages, with the model's passage prompt where it has one.
   *
   * @param passages the texts; may be empty, both the list and each text
   * @return one vector a passage, in input order
   * @throws InferenceException if the model fails
   */
  List<float[]> embedPassages(List<String> passages);

  /**
   * The length of each vector.
   *
   * @return the dimension, at least 1
   */
  int dimension();

  /**
   * The model's name. Vectors of embedders with different names must not be mixed in one index.
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
