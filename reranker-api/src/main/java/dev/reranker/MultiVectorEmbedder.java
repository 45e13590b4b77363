package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.List;

/**
 * A late-interaction model (ColBERT and its kin): turns a text into one vector per token, so that
 * each word of a query can look for its own best match in a passage.
 *
 * <p>Implementations are thread-safe and answer an empty list with an empty list.
 */
public interface MultiVectorEmbedder extends AutoCloseable {

  /**
   * Embeds a query.
   *
   * @param query the text
   * @return one vector of {@link #dimension()} floats for each token, the caller's own; none for a
   *     text without tokens
   * @throws IllegalArgumentException if the query is too long for the model: a query is never cut
   * @throws InferenceException if the model fails or gives NaN
   */
  List<float[]> embedQueryTokens(String query);

  /**
   * Embeds passages.
   *
   * @param passages the texts; may be empty, both the list and each text
   * @return for each passage, in input order, one vector for each token; none for a text without
   *     tokens
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
   * The name under which reports and messages mention the model.
   *
   * @return the name
   */
  String name();

  /**
   * What tells this model from every other: two have the same fingerprint exactly if the same text
   * gets the same vectors from both. An index refuses vectors of another fingerprint than its own.
   *
   * @return a short text; this default, of name and dimension, is for models that are never swapped
   *     under one name
   * @see Embedder#fingerprint()
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
