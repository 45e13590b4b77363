package dev.reranker.onnx;

/** Which of a model's graphs is taken where none was {@linkplain ModelSource#graph chosen}. */
public enum Precision {
  /** The one with the usual name, {@code model.onnx}: as its makers published it. */
  FULL,
  /**
   * The one that this hardware computes fastest, of those that the model has: on a CPU integers of
   * 8 bits made for its instructions ({@code model_qint8_avx512_vnni.onnx}, {@code
   * model_qint8_arm64.onnx}, {@code model_quint8_avx2.onnx}, then {@code model_quantized.onnx} and
   * {@code model_int8.onnx}), on a GPU {@code model_fp16.onnx}; the usual one where the model has
   * none of these. {@link ModelInfo#graph()} tells which. Integers lose quality, of some models
   * much: measure it on your own queries before you rely on it.
   */
  AUTO
}
