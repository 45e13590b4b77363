package dev.reranker.lucene;

import dev.reranker.SearchContext;
import org.apache.lucene.search.IndexSearcher;

/**
 * A searcher that stops at a call's deadline, or when the call is cancelled.
 *
 * <p>Lucene then returns what it has so far, and both conditions stay true: whoever searches with
 * this calls {@link SearchContext#check()} afterwards, so that a part is never taken for the whole.
 */
final class LimitedSearcher {

  private LimitedSearcher() {}

  /**
   * A searcher for one call; any call can be cancelled, also one without a deadline. The
   * application's own is returned as it is where a copy would not be the same: of a class of its
   * own, or with slices that are searched in parallel.
   */
  static IndexSearcher of(IndexSearcher searcher, SearchContext context) {
    boolean plain =
        searcher.getClass() == IndexSearcher.class || searcher instanceof Searchers.Lent;
    if (!plain || searcher.getSlices().length > 1) {
      return searcher;
    }
    var limited = new IndexSearcher(searcher.getTopReaderContext());
    limited.setSimilarity(searcher.getSimilarity());
    limited.setQueryCache(searcher.getQueryCache());
    limited.setQueryCachingPolicy(searcher.getQueryCachingPolicy());
    limited.setTimeout(() -> context.cancelled() || context.deadline().expired());
    return limited;
  }
}
