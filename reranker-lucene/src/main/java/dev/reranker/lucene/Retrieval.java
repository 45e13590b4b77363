package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.SearchContext;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * @param preparedField where documents keep prepared passages; null: nowhere
 * @param idField orders equal scores
 */
record Retrieval(
    String name,
    FirstPass firstPass,
    StoredDocuments documents,
    @Nullable String preparedField,
    String idField) {

  /** Asks for more where hits share an id, until there are k documents or no more hits. */
  List<Hit> retrieve(
      IndexSearcher searcher, String text, int k, @Nullable Query filter, SearchContext context)
      throws IOException {
    int most = searcher.getIndexReader().maxDoc();
    if (most == 0) {
      return List.of();
    }
    IndexSearcher limited = LimitedSearcher.of(searcher, context);
    FirstPass.Ready search =
        plainly(
            text,
            () -> firstPass.ready(limited, new FirstPassRequest(text, filter, idField, context)));
    Map<Integer, Document> read = new HashMap<>();
    for (long limit = Math.min(k, most); ; limit = Math.min(2 * limit, most)) {
      int now = (int) limit;
      ScoreDoc[] found = plainly(text, () -> search.best(now));
      context.check();
      read(searcher, found, read, context);
      List<Hit> hits = hits(found, read, k);
      if (hits.size() == k || found.length < limit || limit == most) {
        if (!hits.isEmpty() && hits.stream().allMatch(hit -> isUnreadable(hit.document()))) {
          documents.checkText(searcher.getIndexReader());
        }
        return hits;
      }
    }
  }

  private static boolean isUnreadable(Document document) {
    return document.text().isEmpty() && document.prepared().isEmpty();
  }

  private record Found(Document document, float score) {}

  /** Reads what was not read in a round before. */
  private void read(
      IndexSearcher searcher, ScoreDoc[] hits, Map<Integer, Document> read, SearchContext context)
      throws IOException {
    StoredFields stored = searcher.storedFields();
    var prepared = new PreparedValues(searcher, preparedField);
    // In the order in which they are stored; the order of the hits is made elsewhere.
    Arrays.sort(hits, Comparator.comparingInt(hit -> hit.doc));
    for (ScoreDoc hit : hits) {
      if (!read.containsKey(hit.doc)) {
        read.put(hit.doc, withPrepared(prepared, documents.read(stored, hit.doc), hit.doc));
        context.check();
      }
    }
  }

  private static Document withPrepared(PreparedValues prepared, Document document, int doc)
      throws IOException {
    try {
      return prepared.addTo(document, doc);
    } catch (IllegalArgumentException e) {
      throw new RetrievalException(String.valueOf(e.getMessage()), e);
    }
  }

  private List<Hit> hits(ScoreDoc[] hits, Map<Integer, Document> read, int k) {
    List<Found> found = new ArrayList<>(hits.length);
    for (ScoreDoc hit : hits) {
      found.add(new Found(Objects.requireNonNull(read.get(hit.doc)), hit.score));
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

  private static <T> T plainly(String text, SearcherSource.Reading<T> step) throws IOException {
    try {
      return step.run();
    } catch (IndexSearcher.TooManyClauses e) {
      throw new RetrievalException(
          "a text of %d characters made a query of more than %d clauses: use words(..), which takes any text, shorten it, or raise IndexSearcher.setMaxClauseCount"
              .formatted(text.length(), IndexSearcher.getMaxClauseCount()),
          e);
    }
  }
}
