package dev.reranker.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.util.Arrays;
import java.util.List;

/**
 * What a graph gives for each row.
 *
 * @param name the output's name
 * @param type the type of its values: float32, float16 or bfloat16
 * @param rowShape the shape behind the first dimension, for rows of the probe's length
 * @param perToken the second dimension is the row's length
 */
record GraphOutput(String name, OnnxJavaType type, long[] rowShape, boolean perToken) {

  /**
   * An output that is wanted of a graph.
   *
   * @param names what it may be called, the preferred first; where only one is wanted of a graph
   *     that has only one, it may be called anything
   * @param perToken it has the row's length as its second dimension, even if it has no third
   */
  record Wish(List<String> names, boolean perToken) {}

  long[] shape(int rows, int length) {
    long[] shape = new long[rowShape.length + 1];
    shape[0] = rows;
    System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
    if (perToken) {
      shape[1] = length;
    }
    return shape;
  }

  /** Floats a row of the probe's length, or a token where the output is per token. */
  int width() {
    return (int) Arrays.stream(rowShape).skip(perToken ? 1 : 0).reduce(1, (a, b) -> a * b);
  }
}
