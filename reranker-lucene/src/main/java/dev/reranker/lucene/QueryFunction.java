package dev.reranker.lucene;

import org.apache.lucene.search.Query;

/** How an application makes a Lucene query of what a user typed, for example by its own parser. */
@FunctionalInterface
public interface QueryFunction {

  /**
   * Makes the query. Must be safe for several threads, so make a classic {@code QueryParser}, which
   * is not, anew for each call.
   *
   * @param text what the user typed; not blank
   * @return the query
   * @throws Exception whatever a parser throws; the retriever wraps it
   */
  Query query(String text) throws Exception;
}
