package dev.reranker.onnx;

/** How token vectors become the vector of a text. */
public enum Pooling {
  /** The mean over all tokens, special tokens included, padding not. */
  MEAN,
  /** The vector of the first token. */
  CLS
}
