/**
 * Retrieve-then-rerank. A fast first stage ({@link dev.reranker.Retriever}) brings about 100
 * candidates; a slow, accurate second stage ({@link dev.reranker.Reranker}) puts the few best on
 * top; {@link dev.reranker.Pipeline} joins them.
 *
 * <p>Nothing here is null unless it says {@code @Nullable}; records are immutable and copy what
 * they are given.
 */
@NullMarked
package dev.reranker;

import org.jspecify.annotations.NullMarked;
