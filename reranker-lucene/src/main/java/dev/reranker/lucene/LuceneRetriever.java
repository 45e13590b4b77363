package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.error.RetrievalException;
import dev.reranker.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ReferenceManager;
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
 * Retriever hybrid = Fusion.builder().retriever(words, 0.3).retriever(vectors, 0.7).byScore().build();
 * Query inPrint = new TermQuery(new Term("status", "in print")); // another one for each call
 * List<Hit> hits = hybrid.retrieve("whales", 100, SearchContext.create().withFilter(inPrint));
 * }
 *
 * <p><b>Scores and order.</b> Scores are Lucene's own: BM25's for words; for vectors compared by
 * cosine or dot product (1 + cosine) / 2, from 0 to 1. Equal scores are ordered by document id, as
 * {@link String#compareTo} does; which of several equal ones are the last among {@code k} is also
 * decided by id where the id field has sorted doc values (as {@link LuceneIndex}'s has), and by
 * Lucene's doc id where it has none. Vectors are compared through Lucene's HNSW graph, and all of
 * them one by one where a quarter or more of them is asked for.
 *
 * <p><b>How many.</b> Any {@code k} is allowed: {@link Integer#MAX_VALUE} gives all that match, and
 * takes room for those, not for {@code k}.
 *
 * <p><b>In a call.</b> A {@link SearchContext}'s filter must be a Lucene {@link Query}; it is added
 * to that of the {@linkplain #filter(Query) view}. A deadline that passes, or a call that is
 * cancelled, ends the search with an exception and never with a part of the answer. The search
 * itself stops where it runs on one thread of a plain {@link IndexSearcher}; the index of an
 * application that searches in parallel or by a searcher class of its own is looked at before and
 * after.
 *
 * <p>A retriever is immutable, thread-safe and cheap: it owns nothing. It lives as long as the
 * index it searches.
 */
public final class LuceneRetriever implements Retriever {

  private final SearcherSource source;
  private final Retrieval retrieval;
  private final @Nullable Query filter;

  LuceneRetriever(SearcherSource source, Retrieval retrieval, @Nullable Query filter) {
    this.source = source;
    this.retrieval = retrieval;
    this.filter = filter;
  }

  /**
   * Starts a retriever over an index that changes: each search sees what the manager was last
   * refreshed to.
   *
   * @param searchers the application's own, a {@link org.apache.lucene.search.SearcherManager} for
   *     example, which it refreshes and closes
   * @return a new builder
   */
  public static Builder over(ReferenceManager<IndexSearcher> searchers) {
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
   * A view of this retriever that finds only documents which also match a query: for a filter that
   * stays, where {@link SearchContext#withFilter} is for one of a call. The filter is applied
   * before the search, not after it, so {@code k} hits come back where that many match; it does not
   * change scores. Filters of a filtered view, and of a call, add up: a document matches all.
   *
   * @param filter any Lucene query, for example {@code new TermQuery(new Term("lang", "en"))}
   * @return the view; this retriever stays as it is
   */
  public LuceneRetriever filter(Query filter) {
    Objects.requireNonNull(filter, "filter");
    return new LuceneRetriever(source, retrieval, both(filter));
  }

  private Query both(Query more) {
    return filter == null
        ? more
        : new BooleanQuery.Builder()
            .add(filter, BooleanClause.Occur.FILTER)
            .add(more, BooleanClause.Occur.FILTER)
            .build();
  }

  /**
   * {@inheritDoc}
   *
   * @throws RetrievalException if the query function fails, or reading the index does
   * @throws dev.reranker.error.InferenceException if the embedder fails or does not fit the vector
   *     field
   * @throws IllegalStateException if the index is closed
   */
  @Override
  public List<Hit> retrieve(String query, int k) {
    return retrieve(query, k, SearchContext.create());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the query is blank, {@code k} is below 1, or the call's
   *     filter is no Lucene {@link Query}
   * @throws RetrievalException if the query function fails, or reading the index does
   * @throws dev.reranker.error.InferenceException if the embedder fails or does not fit the vector
   *     field
   * @throws IllegalStateException if the index is closed
   */
  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    Checks.retrieval(query, k);
    context.check();
    Query filtered = context.filter().map(this::query).map(this::both).orElse(filter);
    return source.search(searcher -> retrieval.retrieve(searcher, query, k, filtered, context));
  }

  private Query query(Object filter) {
    if (filter instanceof Query query) {
      return query;
    }
    throw new IllegalArgumentException(
        "the call has a filter of %s; retriever '%s' takes an org.apache.lucene.search.Query, for example new TermQuery(new Term(\"tenant\", \"a\"))"
            .formatted(filter.getClass().getName(), name()));
  }

  /**
   * The name under which results mention this stage: {@code "knn"}, {@code "bm25"}, or what the
   * builder was given.
   *
   * @return the name
   */
  @Override
  public String name() {
    return retrieval.name();
  }

  /** Collects the settings of a retriever over an application's index; not thread-safe. */
  public static final class Builder {

    private final SearcherSource source;
    private @Nullable FirstPass firstPass;
    private String passName = "lucene";
    private @Nullable String name;
    private String idField = "id";
    private @Nullable PassageSource text;
    private @Nullable String prepared;
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
      return query((text, context) -> function.query(text));
    }

    /**
     * Searches by the application's own queries, made of what the user typed and what the call
     * carries.
     *
     * @param function makes a query, for example {@code (text, context) ->
     *     parser(context.attribute("locale", Locale.class)).parse(text)}
     * @return this
     */
    public Builder query(QueryFunction.InContext function) {
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
     * <p>An index of an application's own does not say which model its vectors came from, so this
     * cannot tell another one of the same dimension: its answers would be arbitrary. {@link
     * LuceneIndex} can, by the {@link Embedder#fingerprint()} that it keeps.
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
     * Says where the text of a document comes from; default: the stored field {@code "text"}, if
     * there is one. A document without text comes with an empty one. Where no hit has one, and the
     * fields named here are stored for no document, the search fails with a {@link
     * RetrievalException} that names them; a field that is indexed, or has doc values, and perhaps
     * is not stored is found out only among up to 1,000 documents.
     *
     * @param text the source
     * @return this
     */
    public Builder text(PassageSource text) {
      this.text = Objects.requireNonNull(text, "text");
      return this;
    }

    /**
     * Brings {@linkplain Document#prepared() prepared passages} along, which the reranker that made
     * them scores in a fraction of the time; default: none. A document without one comes without,
     * and its text is read. A value that is cut short or of another version is a {@link
     * RetrievalException} that names the document.
     *
     * @param field the field, made by {@link PreparedPassageField}
     * @return this
     */
    public Builder prepared(String field) {
      this.prepared = Objects.requireNonNull(field, "field");
      return this;
    }

    /**
     * Brings further stored fields back as {@link Document#metadata()}, numbers as the {@link
     * Number} that was stored and anything else as a {@link String}; default: none. Of a field of
     * several values the first is taken.
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
      return new LuceneRetriever(
          source, new Retrieval(stage, firstPass, documents, prepared, idField), null);
    }
  }
}
