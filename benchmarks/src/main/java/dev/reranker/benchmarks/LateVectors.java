package dev.reranker.benchmarks;

import java.util.Arrays;

/**
 * What the default model's encoder makes of one text.
 *
 * @param ids token ids
 * @param vectors a vector for each token, row after row
 * @param weights a weight for each token; of a query they add up to 1
 * @param mean the text's own vector
 */
record LateVectors(int[] ids, float[] vectors, float[] weights, float[] mean) {

  int tokens() {
    return ids.length;
  }

  /** A vector's dimensions. */
  int size() {
    return vectors.length / ids.length;
  }

  /** One text of several encoded pieces: longer than the encoder takes. */
  static LateVectors joined(LateVectors first, LateVectors second) {
    int[] ids = Arrays.copyOf(first.ids, first.tokens() + second.tokens());
    System.arraycopy(second.ids, 0, ids, first.tokens(), second.tokens());
    float[] vectors = concat(first.vectors, second.vectors);
    float[] weights = concat(first.weights, second.weights);
    return new LateVectors(ids, vectors, weights, first.mean);
  }

  private static float[] concat(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Rounded to int8, as an index keeps a passage. */
  Rounded rounded() {
    int size = size();
    var rows = new byte[vectors.length];
    var scales = new float[tokens()];
    for (int token = 0; token < tokens(); token++) {
      float greatest = 0;
      for (int i = token * size; i < (token + 1) * size; i++) {
        greatest = Math.max(greatest, Math.abs(vectors[i]));
      }
      scales[token] = greatest / 127;
      for (int i = token * size; i < (token + 1) * size; i++) {
        rows[i] = (byte) Math.round(greatest == 0 ? 0 : vectors[i] / scales[token]);
      }
    }
    return new Rounded(ids, rows, scales, mean);
  }

  /**
   * A passage in int8.
   *
   * @param ids token ids
   * @param rows a vector for each token, row after row
   * @param scales what a token's row is multiplied with
   * @param mean the text's own vector
   */
  record Rounded(int[] ids, byte[] rows, float[] scales, float[] mean) {

    int tokens() {
      return ids.length;
    }

    int size() {
      return rows.length / ids.length;
    }
  }
}
