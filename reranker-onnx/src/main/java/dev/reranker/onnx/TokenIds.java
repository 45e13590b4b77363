package dev.reranker.onnx;

/**
 * The tokens of a text, or of its beginning, without special tokens.
 *
 * @param ids their ids, no more than are wanted: they are held for as long as their row waits
 * @param truncated whether the text has more
 */
record TokenIds(long[] ids, boolean truncated) {

  /** How many there are. */
  int count() {
    return ids.length;
  }
}
