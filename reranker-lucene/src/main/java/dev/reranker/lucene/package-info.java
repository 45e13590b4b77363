/**
 * First stages on Apache Lucene. {@link dev.reranker.lucene.LuceneIndex} keeps documents and their
 * embeddings and searches them by meaning ({@code knn()}) and by words ({@code bm25()}).
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.lucene;

import org.jspecify.annotations.NullMarked;
