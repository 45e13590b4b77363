package dev.reranker.benchmarks;

import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxReranker;
import java.util.List;

/** This library with its defaults. */
final class RerankerContestant implements Contestant {

  private final OnnxReranker reranker;

  RerankerContestant(ModelSource model) {
    this(OnnxReranker.builder().model(model).build());
  }

  RerankerContestant(OnnxReranker reranker) {
    this.reranker = reranker;
  }

  @Override
  public float[] score(String query, List<String> passages) {
    return reranker.score(query, passages);
  }

  @Override
  public long paddedTokens(Request request) {
    return reranker.rerank(request.query(), request.passages()).report().paddedTokens();
  }

  @Override
  public void close() {
    reranker.close();
  }
}
