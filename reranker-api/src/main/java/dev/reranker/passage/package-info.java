/**
 * Long documents: cut into passages that a model reads whole ({@link
 * dev.reranker.passage.PassageSplitter}), and ranked by their best one ({@link
 * dev.reranker.passage.MaxP}), or read whole in windows when they are ranked ({@link
 * dev.reranker.passage.Windows}). And passages read ahead of time, so that reranking them is cheap
 * ({@link dev.reranker.passage.PassagePreparer}).
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.passage;

import org.jspecify.annotations.NullMarked;
