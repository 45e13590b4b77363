package dev.reranker.lucene;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.RetrievalException;
import dev.reranker.Retriever;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.jspecify.annotations.Nullable;

/**
 * A first stage that searches a Lucene index: one that this library made ({@link
 * LuceneIndex#knn()}, {@link LuceneIndex#bm25()}), or any that an application already has:
 *
 * {@snippet :
 * LuceneRetriever words = LuceneRetriever.over(searcherManager)
 *     .idField("isbn")
 *     .text(PassageSource.stored("title", "blurb"))
 *     .query(text -> new QueryBuilder(analyzer).createBooleanQuery("blurb", text))
 *     .build();
 * LuceneRetriever vectors = LuceneRetriever.over(searcherManager)
 *     .idField("isbn")
 *     .text(PassageSource.stored("title", "blurb"))
 *     .knn("embedding", embedder)
 *     .build();
 * Query inPrint = new TermQuery(new Term("status", "in print")); // another for each call
 * Retriever hybrid = Retrievers.weighted(
 *     List.of(0.3, 0.7), List.of(words.filter(inPrint), vectors.filter(inPrint)));
 * }
 *
 * <p>Scores are Lucene's own: BM25's for words; for vectors compared by cosine or dot product (1 +
 * cosine) / 2, from 0 to 1. Equal scores are ordered by document id; which of several equal ones
 * are the last among {@code k} is also decided by id where the id field has sorted doc values (as
 * {@link LuceneIndex}'s has), and by Lucene's doc id where it has none.
 *
 * <p>A retriever is immutable, thread-safe and cheap: it owns nothing, and a {@linkplain
 * #filter(Query) filtered view} may be made for each call. It lives as long as the index it
 * searches.
 */
public final class LuceneRetriever implements Retriever {

  private final String name;
  private final SearcherSource source;
  private final FirstPass firstPass;
  private final StoredDocuments documents;
  private final String idField;
  private final @Nullable Query filter;

  LuceneRetriever(
      String name,
      SearcherSource source,
      FirstPass firstPass,
      StoredDocuments documents,
      String idField,
      @Nullable Query filter) {
    this.name = name;
    this.source = source;
    this.firstPass = firstPass;
    this.documents = documents;
    this.idField = idField;
    this.filter = filter;
  }

  /**
   * Starts a retriever over an index that changes: each search sees what the manager was last
   * refreshed to.
   *
   * @param searchers the application's own, which it refreshes and closes
   * @return a new builder
   */
  public static Builder over(SearcherManager searchers) {
    return new Builder(SearcherSource.of(searchers));
  }

  /**
   * Starts a retriever over what a searcher sees, with its similarity, executor and cache.
   *
   * @param searcher the application's own, which closes its reader
   * @return a new builder
   */
  public static Builder over(IndexSearcher searcher) {
    return new Builder(SearcherSource.of(searcher));
  }

  /**
   * Starts a retriever over what a reader sees.
   *
   * @param reader the application's own, which it closes
   * @return a new builder
   */
  public static Builder over(DirectoryReader reader) {
    return over(new IndexSearcher(reader));
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
    return new LuceneRetriever(name, source, firstPass, documents, idField, both);
  }

  /**
   * {@inheritDoc}
   *
   * @throws RetrievalException if the query function fails, or reading the index does
   * @throws dev.reranker.InferenceException if the embedder fails or does not fit the vector field
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
    record Hit(Document document, float score) {}
    List<Hit> hits = new ArrayList<>(limit);
    StoredFields stored = searcher.storedFields();
    ScoreDoc[] found = search(searcher, new FirstPassRequest(text, limit, filter, idField));
    // In the order in which they are stored; the order of the hits is made below.
    Arrays.sort(found, Comparator.comparingInt(hit -> hit.doc));
    for (ScoreDoc hit : found) {
      hits.add(new Hit(documents.read(stored, hit.doc), hit.score));
    }
    hits.sort(
        Comparator.comparingDouble(Hit::score)
            .reversed()
            .thenComparing(hit -> hit.document().id()));
    List<Candidate> candidates = new ArrayList<>(hits.size());
    Set<String> seen = new HashSet<>();
    for (Hit hit : hits) {
      if (candidates.size() < limit && seen.add(hit.document().id())) {
        candidates.add(Candidate.of(hit.document(), name, candidates.size() + 1, hit.score()));
      }
    }
    return List.copyOf(candidates);
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

  /**
   * The name under which results mention this stage: {@code "knn"}, {@code "bm25"}, or what the
   * builder was given.
   *
   * @return the name
   */
  @Override
  public String name() {
    return name;
  }

  /** Collects the settings of a retriever over an application's index; not thread-safe. */
  public static final class Builder {

    private final SearcherSource source;
    private @Nullable FirstPass firstPass;
    private String passName = "lucene";
    private @Nullable String name;
    private String idField = "id";
    private PassageSource text = PassageSource.stored("text");
    private Set<String> metadata = Set.of();

    private Builder(SearcherSource source) {
      this.source = source;
    }

    /**
     * Searches by the application's own queries. This, {@link #words} or {@link #knn} is required.
     *
     * @param function makes a query of what the user typed
     * @return this
     */
    public Builder query(QueryFunction function) {
      Objects.requireNonNull(function, "function");
      return firstPass("lucene", new QueryFirstPass(function));
    }

    /**
     * Searches a text field by words, as {@link LuceneIndex#bm25()} does: any text is a query.
     *
     * @param field the text field
     * @param analyzer the analyzer that the field was indexed with
     * @return this
     */
    public Builder words(String field, Analyzer analyzer) {
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(analyzer, "analyzer");
      return firstPass("bm25", new WordsFirstPass(field, analyzer));
    }

    /**
     * Searches a vector field by nearest neighbours. A query is brought to length 1 where the field
     * compares by dot product or cosine.
     *
     * @param field the field of float vectors
     * @param embedder the model that its vectors came from; stays the caller's to close
     * @return this
     */
    public Builder knn(String field, Embedder embedder) {
      return knn(field, embedder, 1);
    }

    /**
     * Searches a vector field by nearest neighbours, and compares the best of them again from the
     * full vectors: for a field of quantised vectors.
     *
     * @param field the field of float vectors
     * @param embedder the model that its vectors came from; stays the caller's to close
     * @param oversampling how many times the asked-for candidates are compared again, at least 1; 1
     *     compares none again
     * @return this
     * @throws IllegalArgumentException if {@code oversampling} is below 1
     */
    public Builder knn(String field, Embedder embedder, int oversampling) {
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(embedder, "embedder");
      if (oversampling < 1) {
        throw new IllegalArgumentException(
            "oversampling is " + oversampling + "; it is at least 1, which compares none again");
      }
      return firstPass("knn", new KnnFirstPass(field, embedder, () -> oversampling));
    }

    private Builder firstPass(String name, FirstPass firstPass) {
      this.firstPass = firstPass;
      this.passName = name;
      return this;
    }

    /**
     * Names the stage; default: {@code "lucene"} by {@link #query}, {@code "bm25"} by {@link
     * #words}, {@code "knn"} by {@link #knn}.
     *
     * @param name the name under which results mention it
     * @return this
     */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Names the field of the document's id, which must be stored; default: {@code "id"}. Of hits
     * with one id the best is kept.
     *
     * @param name the field name
     * @return this
     */
    public Builder idField(String name) {
      this.idField = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Says where the text of a document comes from; default: the stored field {@code "text"}. A
     * document without text comes with an empty one.
     *
     * @param text the source
     * @return this
     */
    public Builder text(PassageSource text) {
      this.text = Objects.requireNonNull(text, "text");
      return this;
    }

    /**
     * Brings further stored fields back as {@link Document#metadata()}; default: none. Of a field
     * of several values the first is taken.
     *
     * @param fields the field names
     * @return this
     */
    public Builder metadata(String... fields) {
      this.metadata = Set.of(fields);
      return this;
    }

    /**
     * Makes the retriever.
     *
     * @return the retriever
     * @throws IllegalStateException if it was not said how to search
     */
    public LuceneRetriever build() {
      if (firstPass == null) {
        throw new IllegalStateException(
            "a retriever needs a way to search: call query(..), words(..) or knn(..)");
      }
      String stage = name == null ? passName : name;
      var documents = StoredDocuments.of(idField, text, metadata);
      return new LuceneRetriever(stage, source, firstPass, documents, idField, null);
    }
  }
}
