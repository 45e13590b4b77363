package dev.reranker.onnx;

import dev.reranker.Reranker;
import dev.reranker.testkit.RerankerContract;

class OnnxRerankerTest extends RerankerContract {

  @Override
  protected Reranker open() {
    return OnnxReranker.builder().build();
  }
}
