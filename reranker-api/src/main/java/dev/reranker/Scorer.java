package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.List;

/** The raw cross-encoder: one logit for each (query, passage) pair, in input order. */
@FunctionalInterface
public interface Scorer {

  /**
   * Scores each passage against the query.
   *
   * @param query what the user typed
   * @param passages the texts; may be empty, both the list and each text
   * @return one raw logit for each passage, in the order of {@code passages}; higher is better,
   *     unbounded; never NaN
   * @throws IllegalArgumentException if the query does not fit the model
   * @throws InferenceException if the model fails or gives NaN
   */
  float[] score(String query, List<String> passages);
}
