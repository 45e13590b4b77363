package dev.reranker;

import dev.reranker.error.InferenceException;
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
   * @return a vector of {@link #dimension()} floats, the caller's own; of length 1 only where the
   *     model or its settings make it so
   * @throws IllegalArgumentException if the query is too long for the model: a query is never cut
   * @throws InferenceException if the model fails or gives NaN
   */
  float[] embedQuery(String query);

  /**
   * Embeds passages, with the model's passage prompt where it has one. Of a passage that is too
   * long for the model the beginning is embedded.
   *
   * @param passages the texts; may be empty, both the list and each text
   * @return one vector for each passage, in input order, the caller's own
   * @throws InferenceException if the model fails or gives NaN
   */
  List<float[]> embedPassages(List<String> passages);

  /**
   * The length of each vector.
   *
   * @return the dimension, at least 1
   */
  int dimension();

  /**
   * The name under which reports and messages mention the model.
   *
   * @return the name
   */
  String name();

  /**
   * What tells this model from every other: two embedders have the same fingerprint exactly if the
   * same text gets the same vector from both, whatever they are called and wherever their files
   * lie. An index refuses vectors of another fingerprint than its own. A good one is made of a
   * digest of the model's files and of the settings that change vectors.
   *
   * @return a short text; this default, of name and dimension, is for models that are never swapped
   *     under one name
   */
  default String fingerprint() {
    return name() + "/" + dimension();
  }

  /**
   * Waits for calls in flight, then releases the model. A second call does nothing; any other call
   * afterwards is an {@link IllegalStateException}.
   */
  @Override
  void close();
}
