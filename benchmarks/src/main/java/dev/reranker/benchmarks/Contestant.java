package dev.reranker.benchmarks;

import ai.onnxruntime.OrtException;
import java.util.List;

/** One way to score pairs. Thread-safe. */
interface Contestant extends AutoCloseable {

  /** One logit a passage, in their order. */
  float[] score(String query, List<String> passages) throws Exception;

  /** The tokens that a request makes the model compute, padding included. */
  long paddedTokens(Request request);

  @Override
  void close() throws OrtException;
}
