/**
 * Retrieve-then-rerank on Apache Lucene.
 *
 * <ul>
 *   <li>{@link dev.reranker.lucene.LuceneIndex} keeps documents and their embeddings and searches
 *       them by meaning ({@code knn()}) and by words ({@code bm25()}).
 *   <li>{@link dev.reranker.lucene.LuceneRetriever} does the same over an index that an application
 *       already has, also one that Lucene 9 wrote.
 *   <li>{@link dev.reranker.lucene.CrossEncoderRescorer} puts a cross-encoder behind Lucene's own
 *       {@link org.apache.lucene.search.Rescorer}.
 *   <li>{@link dev.reranker.lucene.PassageSplitter} and {@link dev.reranker.lucene.MaxP} rank long
 *       documents by their best passage.
 * </ul>
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.lucene;

import org.jspecify.annotations.NullMarked;
