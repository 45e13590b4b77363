package dev.reranker.onnx;

/** The models that tests run. */
final class TestModels {

  private TestModels() {}

  /** all-MiniLM-L6-v2, as its model card sets it up. */
  static OnnxEmbedder embedder() {
    return OnnxEmbedder.builder().model(allMiniLm()).maxLength(256).build();
  }

  /** The token vectors of all-MiniLM-L6-v2. */
  static OnnxMultiVectorEmbedder multiVectorEmbedder() {
    return OnnxMultiVectorEmbedder.builder().model(allMiniLm()).maxLength(256).build();
  }

  /** A late-interaction model of 2 layers, 32 wide, with token vectors of 16 dimensions. */
  static ModelSource tinyLate() {
    return ModelSource.classpath("tiny-late");
  }

  private static ModelSource allMiniLm() {
    return ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json");
  }
}
