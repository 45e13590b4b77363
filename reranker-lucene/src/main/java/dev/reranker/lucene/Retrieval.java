package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.SearchContext;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/**
 * How a retriever comes from a text to documents: a first pass, and what is stored of its hits.
 *
 * @param name the stage's name
 * @param idField orders equal scores
 */
record Retrieval(String name, FirstPass firstPass, StoredDocuments documents, String idField) {

  /** Asks for more where hits share an id, until there are k documents or no more hits. */
  List<Hit> retrieve(
      IndexSearcher searcher, String text, int k, @Nullable Query filter, SearchContext context)
      throws IOException {
    int most = searcher.getIndexReader().maxDoc();
    if (most == 0) {
      return List.of();
    }
    IndexSearcher limited = LimitedSearcher.of(searcher, context);
    for (long limit = Math.min(k, most); ; limit = Math.min(2 * limit, most)) {
      var request = new FirstPassRequest(text, (int) limit, filter, idField, context);
      ScoreDoc[] found = search(limited, request);
      context.check();
      List<Hit> hits = hits(searcher, found, k, context);
      if (hits.size() == k || found.length < limit || limit == most) {
        return hits;
      }
    }
  }

  private record Found(Document document, float score) {}

  private List<Hit> hits(IndexSearcher searcher, ScoreDoc[] hits, int k, SearchContext context)
      throws IOException {
    List<Found> found = new ArrayList<>(hits.length);
    StoredFields stored = searcher.storedFields();
    // In the order in which they are stored; the order of the hits is made below.
    Arrays.sort(hits, Comparator.comparingInt(hit -> hit.doc));
    for (ScoreDoc hit : hits) {
      found.add(new Found(documents.read(stored, hit.doc), hit.score));
      context.check();
    }
    if (!found.isEmpty() && found.stream().allMatch(hit -> hit.document().text().isEmpty())) {
      documents.checkText(searcher.getIndexReader());
    }
    found.sort(
        Comparator.comparingDouble(Found::score)
            .reversed()
            .thenComparing(hit -> hit.document().id()));
    List<Hit> best = new ArrayList<>(Math.min(k, found.size()));
    Set<String> seen = new HashSet<>();
    for (Found hit : found) {
      if (best.size() < k && seen.add(hit.document().id())) {
        best.add(hit(hit, best.size() + 1));
      }
    }
    return List.copyOf(best);
  }

  private Hit hit(Found found, int rank) {
    if (!Float.isFinite(found.score())) {
      throw new RetrievalException(
          "the query of '%s' gave document '%s' the score %s; scores are finite numbers"
              .formatted(name, found.document().id(), found.score()));
    }
    return Hit.of(found.document(), name, rank, found.score());
  }

  private ScoreDoc[] search(IndexSearcher searcher, FirstPassRequest request) throws IOException {
    try {
      return firstPass.search(searcher, request);
    } catch (IndexSearcher.TooManyClauses e) {
      throw new RetrievalException(
          "a text of %d characters made a query of more than %d clauses: use words(..), which takes any text, shorten it, or raise IndexSearcher.setMaxClauseCount"
              .formatted(request.text().length(), IndexSearcher.getMaxClauseCount()),
          e);
    }
  }
}
