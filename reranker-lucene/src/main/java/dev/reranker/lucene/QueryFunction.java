package dev.reranker.lucene;

import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/** How an application makes a Lucene query of what a user typed, for example by its own parser. */
@FunctionalInterface
public interface QueryFunction {

  /**
   * Makes the query. Must be safe for several threads, so make a classic {@code QueryParser}, which
   * is not, anew for each call. A parser takes some texts for syntax, also escaped ones ({@code
   * NOT}); {@link org.apache.lucene.util.QueryBuilder#createBooleanQuery} takes any text, to a
   * limit of clauses.
   *
   * @param text what the user typed; not blank
   * @return the query; null where nothing is left to search for, as {@link
   *     org.apache.lucene.util.QueryBuilder} gives for a text of stop words: nothing is found then
   * @throws Exception whatever a parser throws; the retriever wraps it in a {@link
   *     dev.reranker.RetrievalException}, unless it is a {@link dev.reranker.RerankException}
   */
  @Nullable Query query(String text) throws Exception;
}
