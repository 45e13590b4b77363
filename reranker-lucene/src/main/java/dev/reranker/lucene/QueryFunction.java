package dev.reranker.lucene;

import dev.reranker.SearchContext;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * How an application makes a Lucene query of what a user typed, for example by its own parser.
 *
 * <p>A function must be safe for several threads, so make a classic {@code QueryParser}, which is
 * not, anew for each call. A parser takes some texts for syntax, also escaped ones ({@code NOT});
 * {@link org.apache.lucene.util.QueryBuilder#createBooleanQuery} takes any text, to a limit of
 * clauses.
 */
@FunctionalInterface
public interface QueryFunction {

  /** A query function that also looks at what the call carries: a user, a locale, a tenant. */
  @FunctionalInterface
  interface InContext {

    /**
     * Makes the query.
     *
     * @param text what the user typed; not blank
     * @param context the call's attributes and deadline. Its filter is applied to the query
     *     whatever the function does
     * @return as {@link QueryFunction#query}
     * @throws Exception as {@link QueryFunction#query}
     */
    @Nullable Query query(String text, SearchContext context) throws Exception;
  }

  /**
   * Makes the query.
   *
   * @param text what the user typed; not blank
   * @return the query; null where nothing is left to search for, as {@link
   *     org.apache.lucene.util.QueryBuilder} gives for a text of stop words: nothing is found then
   * @throws Exception whatever a parser throws; the retriever wraps it in a {@link
   *     dev.reranker.error.RetrievalException}, unless it is a {@link
   *     dev.reranker.error.RerankException}
   */
  @Nullable Query query(String text) throws Exception;
}
