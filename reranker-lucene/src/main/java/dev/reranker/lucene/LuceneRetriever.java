package dev.reranker.lucene;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.Retriever;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.jspecify.annotations.Nullable;

/**
 * A first stage that searches a Lucene index; made by {@link LuceneIndex#knn()} and {@link
 * LuceneIndex#bm25()}.
 *
 * <p>Scores are Lucene's: BM25's for words; for vectors (1 + cosine) / 2, from 0 to 1. Equal scores
 * are ordered by document id.
 *
 * <p>A retriever is immutable, thread-safe and cheap: it owns nothing, and a {@linkplain
 * #filter(Query) filtered view} may be made for each call. It lives as long as the index it came
 * from.
 */
public final class LuceneRetriever implements Retriever {

  /** How the text of a query becomes a Lucene query. */
  @FunctionalInterface
  interface Plan {
    /**
     * The query for at most {@code limit} documents; {@link MatchNoDocsQuery} for none.
     *
     * @param filter what documents must also match; null: any may
     */
    Query query(IndexSearcher searcher, String text, int limit, @Nullable Query filter)
        throws IOException;
  }

  /** Lends a searcher to one call. */
  interface Source {
    /**
     * Runs the call and brings its failures into the form that callers know.
     *
     * @throws dev.reranker.RetrievalException if reading fails
     * @throws IllegalStateException if the index is closed
     */
    <T> T search(Search<T> call);
  }

  /** What is done with a borrowed searcher. */
  @FunctionalInterface
  interface Search<T> {
    T run(IndexSearcher searcher) throws IOException;
  }

  /** How a hit becomes a document. */
  @FunctionalInterface
  interface Reader {
    Document read(StoredFields stored, int doc) throws IOException;
  }

  private final String name;
  private final Source source;
  private final Plan plan;
  private final Reader reader;
  private final String idField;
  private final @Nullable Query filter;

  LuceneRetriever(
      String name,
      Source source,
      Plan plan,
      Reader reader,
      String idField,
      @Nullable Query filter) {
    this.name = name;
    this.source = source;
    this.plan = plan;
    this.reader = reader;
    this.idField = idField;
    this.filter = filter;
  }

  /**
   * A view of this retriever that finds only documents which also match a query. The filter is
   * applied before the search, not after it, so {@code k} candidates come back where that many
   * match; it does not change scores. Filters of a filtered view add up: a document matches all.
   *
   * @param filter any Lucene query, for example {@code new TermQuery(new Term("lang", "en"))}
   * @return the view; this retriever stays as it is
   */
  public LuceneRetriever filter(Query filter) {
    Objects.requireNonNull(filter, "filter");
    Query both =
        this.filter == null
            ? filter
            : new BooleanQuery.Builder()
                .add(this.filter, BooleanClause.Occur.FILTER)
                .add(filter, BooleanClause.Occur.FILTER)
                .build();
    return new LuceneRetriever(name, source, plan, reader, idField, both);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the index is closed
   */
  @Override
  public List<Candidate> retrieve(String query, int k) {
    Retriever.checkArguments(query, k);
    return source.search(searcher -> retrieve(searcher, query, k));
  }

  private List<Candidate> retrieve(IndexSearcher searcher, String text, int k) throws IOException {
    int limit = Math.min(k, searcher.getIndexReader().maxDoc());
    if (limit == 0) {
      return List.of();
    }
    Query query = plan.query(searcher, text, limit, filter);
    if (query instanceof MatchNoDocsQuery) {
      return List.of();
    }
    record Hit(Document document, float score) {}
    List<Hit> hits = new ArrayList<>(limit);
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc found : best(searcher, query, limit)) {
      hits.add(new Hit(reader.read(stored, found.doc), score(found)));
    }
    hits.sort(
        Comparator.comparingDouble(Hit::score)
            .reversed()
            .thenComparing(hit -> hit.document().id()));
    List<Candidate> candidates = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      candidates.add(Candidate.of(hit.document(), name, candidates.size() + 1, hit.score()));
    }
    return List.copyOf(candidates);
  }

  /** Best first; where the index can sort by id, so that it does where equal scores are cut off. */
  private ScoreDoc[] best(IndexSearcher searcher, Query query, int limit) throws IOException {
    if (!canSortById(searcher.getIndexReader())) {
      return searcher.search(query, limit).scoreDocs;
    }
    var order = new Sort(SortField.FIELD_SCORE, new SortField(idField, SortField.Type.STRING));
    return searcher.search(query, limit, order).scoreDocs;
  }

  private boolean canSortById(IndexReader index) {
    return index.leaves().stream()
        .map(leaf -> leaf.reader().getFieldInfos().fieldInfo(idField))
        .allMatch(id -> id != null && id.getDocValuesType() == DocValuesType.SORTED);
  }

  private static float score(ScoreDoc found) {
    return found instanceof FieldDoc sorted && sorted.fields != null
        ? (float) sorted.fields[0]
        : found.score;
  }

  /**
   * The name under which results mention this stage: {@code "knn"} or {@code "bm25"}.
   *
   * @return the name
   */
  @Override
  public String name() {
    return name;
  }
}
