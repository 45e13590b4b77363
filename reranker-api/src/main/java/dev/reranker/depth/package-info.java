/**
 * Doing less: how deep to rerank each query ({@link dev.reranker.depth.AdaptiveDepth}), learnt from
 * an application's own queries ({@link dev.reranker.depth.DepthModel}).
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.depth;

import org.jspecify.annotations.NullMarked;
