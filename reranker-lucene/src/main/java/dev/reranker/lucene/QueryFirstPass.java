package dev.reranker.lucene;

import dev.reranker.error.RerankException;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;

/** The application's own query. */
record QueryFirstPass(QueryFunction.InContext function) implements FirstPass {

  @Override
  public ScoreDoc[] search(IndexSearcher searcher, FirstPassRequest request) throws IOException {
    Query query = request.filtered(query(request));
    return TieOrder.best(searcher, query, request.limit(), request.idField());
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
