package dev.reranker.internal;

import dev.reranker.error.InferenceException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Embeddings brought to length 1, so that the dot product is the cosine. */
public final class UnitVector {

  private UnitVector() {}

  /**
   * A copy of length 1.
   *
   * @param vector what the embedder gave
   * @param embedder its name, for the message
   * @param dimension its dimension
   * @param what the text that the vector stands for, for the message; only asked for one
   * @return the copy; null for the zero vector, which has no direction and so no neighbours
   * @throws InferenceException if the length is not the embedder's or a number is not finite
   */
  public static float @Nullable [] of(
      float[] vector, String embedder, int dimension, Supplier<String> what) {
    if (vector.length != dimension) {
      throw new InferenceException(
          "embedder '%s' gave %d numbers for %s; its dimension is %d"
              .formatted(embedder, vector.length, what.get(), dimension));
    }
    float[] unit = vector.clone();
    return normalize(unit, embedder, what) ? unit : null;
  }

  /**
   * Brings a vector to length 1 in its place; the zero vector stays as it is.
   *
   * @param vector what the embedder gave; changed
   * @param embedder its name, for the message
   * @param what the text that the vector stands for, for the message; only asked for one
   * @return whether the vector has a direction: false for the zero vector
   * @throws InferenceException if a number is not finite
   */
  public static boolean normalize(float[] vector, String embedder, Supplier<String> what) {
    double squares = finiteSquares(vector, embedder, what);
    if (squares == 0) {
      return false;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return true;
  }

  /**
   * Checks that all numbers of a vector are finite.
   *
   * @param vector what the embedder gave
   * @param embedder its name, for the message
   * @param what the text that the vector stands for, for the message; only asked for one
   * @throws InferenceException if a number is not
   */
  public static void requireFinite(float[] vector, String embedder, Supplier<String> what) {
    finiteSquares(vector, embedder, what);
  }

  /** The squared length. Squares of floats cannot overflow a double, nor those of all its sums. */
  private static double finiteSquares(float[] vector, String embedder, Supplier<String> what) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (!Double.isFinite(squares)) {
      throw new InferenceException(
          "embedder '%s' gave NaN or infinity for %s: the model is damaged or overflows"
              .formatted(embedder, what.get()));
    }
    return squares;
  }
}
