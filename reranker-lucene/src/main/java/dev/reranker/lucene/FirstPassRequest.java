package dev.reranker.lucene;

import dev.reranker.SearchContext;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FirstPass} is to find.
 *
 * @param text what the user typed
 * @param filter what hits must also match; null: any may
 * @param idField orders equal scores, where it has doc values
 * @param context what the call carries; its filter is in {@code filter} already
 */
record FirstPassRequest(
    String text, @Nullable Query filter, String idField, SearchContext context) {

  /** A query that finds what the given one does, under the filter. */
  Query filtered(Query query) {
    return filter == null
        ? query
        : new BooleanQuery.Builder()
            .add(query, BooleanClause.Occur.MUST)
            .add(filter, BooleanClause.Occur.FILTER)
            .build();
  }
}
