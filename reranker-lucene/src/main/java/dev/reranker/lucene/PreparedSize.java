package dev.reranker.lucene;

/**
 * How much of an index is prepared.
 *
 * @param documents how many documents have a prepared passage
 * @param bytes how many bytes those take together, before Lucene's own few per document
 */
public record PreparedSize(int documents, long bytes) {}
