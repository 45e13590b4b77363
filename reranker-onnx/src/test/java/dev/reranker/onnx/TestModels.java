package dev.reranker.onnx;

/** The models that tests run. */
final class TestModels {

  private TestModels() {}

  /** all-MiniLM-L6-v2, as its model card sets it up. */
  static OnnxEmbedder embedder() {
    return OnnxEmbedder.builder()
        .model(ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"))
        .maxLength(256)
        .build();
  }
}
