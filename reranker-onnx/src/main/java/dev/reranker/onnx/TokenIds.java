package dev.reranker.onnx;

/**
 * The tokens of a text, or of its beginning, without special tokens.
 *
 * @param ids the ids as the tokenizer gave them: kept, not copied, so possibly more than count
 * @param count how many of them count
 * @param truncated whether the text has more
 */
record TokenIds(long[] ids, int count, boolean truncated) {}
