package dev.reranker.lucene;

import dev.reranker.error.RerankException;
import dev.reranker.error.RetrievalException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;

/** The application's own query. */
record QueryFirstPass(QueryFunction.InContext function) implements FirstPass {

  @Override
  public Ready ready(IndexSearcher searcher, FirstPassRequest request) {
    Query query = request.filtered(query(request));
    return limit -> TieOrder.best(searcher, query, limit, request.idField());
  }

  private Query query(FirstPassRequest request) {
    try {
      Query query = function.query(request.text(), request.context());
      return query == null ? MatchNoDocsQuery.INSTANCE : query;
    } catch (RerankException e) {
      throw e;
    } catch (Exception e) {
      throw new RetrievalException(
          "the query function failed on a text of %d characters: %s"
              .formatted(request.text().length(), e),
          e);
    }
  }
}
