package dev.reranker.onnx;

import java.util.Set;

/** What a model is loaded as, and what its files may therefore say that it is. */
enum ModelUse {
  RERANKER(
      Set.of("CrossEncoder"),
      Set.of("sequence-classification"),
      Set.of("reranker", "seq_cls"),
      Set.of("logits"),
      "a cross-encoder with a classification head is expected"),

  EMBEDDER(
      Set.of("SentenceTransformer"),
      Set.of("feature-extraction"),
      Set.of("embedding"),
      Set.of("last_hidden_state"),
      "a bi-encoder with one vector per text is expected"),

  MULTI_VECTOR(
      Set.of("SentenceTransformer", "MultiVectorEncoder", "ColBERT"),
      Set.of("feature-extraction"),
      Set.of("embedding"),
      Set.of("last_hidden_state"),
      "a model with one vector per token is expected");

  private final Set<String> modelTypes;
  private final Set<String> transformerTasks;
  private final Set<String> swiftTasks;
  private final Set<String> modelOutputs;
  private final String wants;

  ModelUse(
      Set<String> modelTypes,
      Set<String> transformerTasks,
      Set<String> swiftTasks,
      Set<String> modelOutputs,
      String wants) {
    this.modelTypes = modelTypes;
    this.transformerTasks = transformerTasks;
    this.swiftTasks = swiftTasks;
    this.modelOutputs = modelOutputs;
    this.wants = wants;
  }

  /** Values of {@code model_type} in {@code config_sentence_transformers.json}. */
  Set<String> modelTypes() {
    return modelTypes;
  }

  /** Values of {@code transformer_task} in {@code sentence_bert_config.json}. */
  Set<String> transformerTasks() {
    return transformerTasks;
  }

  /** Values of {@code task_type} in ms-swift's {@code args.json}. */
  Set<String> swiftTasks() {
    return swiftTasks;
  }

  /** What the transformer's own output may be called. */
  Set<String> modelOutputs() {
    return modelOutputs;
  }

  String wants() {
    return wants;
  }

  String wayOut() {
    return switch (this) {
      case RERANKER -> "load bi-encoders as OnnxEmbedder; generative rerankers are not supported";
      case EMBEDDER ->
          "load cross-encoders as OnnxReranker and late-interaction models as"
              + " OnnxMultiVectorEmbedder; sparse encoders are not supported";
      case MULTI_VECTOR ->
          "load cross-encoders as OnnxReranker and bi-encoders as OnnxEmbedder; sparse encoders are"
              + " not supported";
    };
  }
}
