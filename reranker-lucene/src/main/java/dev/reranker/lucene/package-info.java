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
 *   <li>Prepared passages are for a reranker that encodes passages apart, as the default one does:
 *       it reads each once, when it is indexed, and a search costs a fraction of reading it. {@link
 *       dev.reranker.lucene.LuceneIndex.Builder#prepare} keeps them in an index of this library's,
 *       {@link dev.reranker.lucene.PreparedPassageField} in an application's own. For another model
 *       of one vector per token there is Lucene's late-interaction field, by {@link
 *       dev.reranker.lucene.LuceneIndex.Builder#tokenEmbedder}: MaxSim alone, in float32, as a
 *       stage before a cross-encoder.
 *   <li>{@link dev.reranker.passage.PassageSplitter} and {@link dev.reranker.passage.MaxP}, of
 *       reranker-api, rank long documents by their best passage.
 * </ul>
 *
 * <p>Indexes of Lucene 9 and 10 are searched and reranked as they are. To bring all of one to
 * today's format at once, close its writer and give Lucene the application's own configuration,
 * since by the default codec quantised vectors would be written as full ones:
 *
 * {@snippet :
 * new IndexUpgrader(directory, new IndexWriterConfig(analyzer), false).upgrade();
 * }
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.lucene;

import org.jspecify.annotations.NullMarked;
