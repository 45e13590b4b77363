package dev.reranker.onnx;

import java.nio.FloatBuffer;

/**
 * What the model gave for one row of a request; only valid while it is read.
 *
 * @param index the row's place in the request
 * @param values the values of the whole batch
 * @param start where those of this row begin
 * @param leading how many special tokens stand before its first text
 * @param textTokens its texts' own tokens, a prompt's included
 * @param length all its tokens, special ones included, padding not
 */
record Row(int index, FloatBuffer values, int start, int leading, int textTokens, int length) {

  /** One value; a label's, where the graph gives labels. */
  float get(int position) {
    return values.get(start + position);
  }

  /** Copies the vector at a position; a graph that pools has one, at 0. */
  void get(int position, float[] vector) {
    values.get(start + position * vector.length, vector);
  }
}
