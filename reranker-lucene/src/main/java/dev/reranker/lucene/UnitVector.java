package dev.reranker.lucene;

import dev.reranker.InferenceException;
import org.jspecify.annotations.Nullable;

/** Embeddings brought to length 1, so that the dot product is the cosine. */
final class UnitVector {

  private UnitVector() {}

  /**
   * A copy of length 1; null for the zero vector, which has no direction and so no neighbours.
   *
   * @param what the text it stands for, for the message
   * @throws InferenceException if the length is not the embedder's or a number is not finite
   */
  static float @Nullable [] of(float[] vector, ModelIdentity model, String what) {
    if (vector.length != model.dimension()) {
      throw new InferenceException(
          "embedder '%s' gave %d numbers for %s; its dimension is %d"
              .formatted(model.name(), vector.length, what, model.dimension()));
    }
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (!Double.isFinite(squares)) {
      throw new InferenceException(
          "embedder '%s' gave a NaN or infinite number for %s: the model is damaged or overflows"
              .formatted(model.name(), what));
    }
    if (squares == 0) {
      return null;
    }
    double length = Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
