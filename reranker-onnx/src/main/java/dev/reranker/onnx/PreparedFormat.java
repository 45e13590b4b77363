package dev.reranker.onnx;

/**
 * How the numbers of a prepared passage are kept. A reranker scores passages of all formats; the
 * choice is made when they are prepared.
 */
public enum PreparedFormat {

  /**
   * Vectors as whole numbers from -127 to 127 with one float32 scale for each token: about 134
   * bytes per token for 128 dimensions. A logit is off by 0.05 at most on the goldens, by 0.01 to
   * 0.03 as a rule.
   */
  INT8(0, 1),

  /** Vectors in half precision, 258 bytes per token; a logit is off by 1e-3 at most. */
  FLOAT16(1, 2),

  /** Vectors and mean as the model gave them, 514 bytes per token; a logit is off by rounding. */
  FLOAT32(2, 4);

  /** What stands for it in a prepared passage. */
  final byte code;

  /** Bytes of one value of a token's vector. */
  final int width;

  PreparedFormat(int code, int width) {
    this.code = (byte) code;
    this.width = width;
  }
}
