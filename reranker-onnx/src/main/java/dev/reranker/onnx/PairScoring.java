package dev.reranker.onnx;

import dev.reranker.SearchContext;

/** The way in which a query and passages come to logits. */
interface PairScoring {

  /**
   * Scores passages, within a call of the engine.
   *
   * @param logits where those of the passages that are done go, in input order
   * @return which passages are done
   * @throws IllegalArgumentException if the query is too long, or a passage was prepared by another
   *     model
   */
  Work run(String query, Passages passages, float[] logits, SearchContext context);
}
