package dev.reranker.onnx;

import java.util.Set;

/** What a model is loaded as, and what its files may therefore say that it is. */
enum ModelUse {
  RERANKER,
  COLBERT,
  EMBEDDER,
  MULTI_VECTOR;

  /** Values of {@code model_type} in {@code config_sentence_transformers.json}. */
  Set<String> modelTypes() {
    return switch (this) {
      case RERANKER -> Set.of("CrossEncoder");
      case COLBERT -> Set.of("ColBERT");
      case EMBEDDER -> Set.of("SentenceTransformer");
      case MULTI_VECTOR -> Set.of("SentenceTransformer", "MultiVectorEncoder", "ColBERT");
    };
  }

  /** The {@code transformer_task} in {@code sentence_bert_config.json}. */
  String transformerTask() {
    return this == RERANKER ? "sequence-classification" : "feature-extraction";
  }

  /** Values of {@code task_type} in ms-swift's {@code args.json}. */
  Set<String> swiftTasks() {
    return switch (this) {
      case RERANKER -> Set.of("reranker", "seq_cls");
      case COLBERT -> Set.of();
      case EMBEDDER, MULTI_VECTOR -> Set.of("embedding");
    };
  }

  /** What the transformer's own output is called. */
  String modelOutput() {
    return this == RERANKER ? "logits" : "last_hidden_state";
  }

  /** What is expected, and where other models belong. */
  String advice() {
    return switch (this) {
      case RERANKER ->
          "a cross-encoder with a classification head is expected: load bi-encoders as"
              + " OnnxEmbedder; generative rerankers are not supported";
      case COLBERT -> "a ColBERT in PyLate's or Stanford's layout is expected";
      case EMBEDDER ->
          "a bi-encoder with one vector per text is expected: load cross-encoders as OnnxReranker"
              + " and late-interaction models as OnnxMultiVectorEmbedder; sparse encoders are not"
              + " supported";
      case MULTI_VECTOR ->
          "a model with one vector per token is expected: load cross-encoders as OnnxReranker;"
              + " sparse encoders are not supported";
    };
  }
}
