package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.InferenceException;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.Reranker;
import dev.reranker.RetrievalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lucene index of documents and their embeddings, on disk or in memory.
 *
 * {@snippet :
 * try (var index = LuceneIndex.builder().directory(path).embedder(embedder).build()) {
 *   index.add(documents);
 *   Retriever firstStage = Retrievers.rrf(index.knn(), index.bm25());
 * }
 * }
 *
 * <p><b>Visible and durable.</b> What {@link #add} and {@link #delete} did is found by searches
 * that start after they returned. It is on disk after {@link #commit()} or {@link #close()}; a
 * process that dies before loses what came after the last commit and nothing else. After a failure
 * of the disk the last commit stays readable and searches go on; close the index and open it again
 * to write.
 *
 * <p><b>One writer.</b> An index open here is locked against every other writer, in this process or
 * another. Readers are not locked out.
 *
 * <p><b>What is stored.</b> A document's text, analysed and whole; its id; each metadata entry as a
 * keyword field of its key's name, so that {@code new TermQuery(new Term(key, value))} makes a
 * {@linkplain LuceneRetriever#filter(Query) filter} (of a value above 32,766 bytes the first 10,922
 * characters are the term); its embedding, brought to length 1. An embedding that is all zeros
 * points nowhere: such a document is not found by {@link #knn()}, and such a query finds nothing.
 * Unpaired surrogates in text and metadata come back as U+FFFD.
 *
 * <p><b>Embedders.</b> The embedder's name and dimension are kept with each commit, and the index
 * refuses to be opened with another one. Any dimension can be kept, also above Lucene's default
 * limit of 1024. The index does not close the embedder.
 *
 * <p><b>Threads.</b> All methods can be called from any thread at any time. Files are written and
 * opened on threads of the index's own and read through memory maps ({@link MMapDirectory}), since
 * an interrupt would close a file channel that the calling thread is using: an interrupt neither
 * ends a call here nor harms the index, and the thread's interrupt flag is kept.
 */
public final class LuceneIndex implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);

  private final String where;
  private final DocumentFields fields;
  private final Analyzer analyzer;
  private final Embedding embedding;
  private final int batchSize;
  private final IndexingListener listener;
  private final CallGate gate;
  private final OwnThreads threads = new OwnThreads();
  private final OpenIndex index;

  private LuceneIndex(Builder builder, String where, OpenIndex.Place place) {
    this.where = where;
    this.fields = new DocumentFields(builder.idField, builder.textField, builder.vectorField);
    this.analyzer = builder.analyzer;
    this.embedding = new Embedding(builder.embedder, builder.tokenEmbedder);
    this.batchSize = builder.batchSize;
    this.listener = builder.listener;
    this.gate = new CallGate(where);
    var config =
        new IndexWriterConfig(analyzer)
            .setSimilarity(builder.similarity)
            .setCodec(new VectorCodec(builder.vectors.lucene()))
            .setMergeScheduler(new LoggingMerges());
    var facts = IndexFacts.of(embedding, fields, builder.vectors);
    var searchers = new ScoringBy(builder.similarity);
    try {
      index = threads.call(() -> OpenIndex.open(where, place, config, searchers, facts));
    } catch (IOException e) {
      threads.close();
      throw IndexFailure.of("open", where, e);
    } catch (RuntimeException e) {
      threads.close();
      throw e;
    }
  }

  /**
   * Starts an index.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Adds documents, each in place of the one with the same id if there is one; of several with one
   * id the last stays. They are embedded and written in batches.
   *
   * <p>The documents of a {@link Collection} are all checked before the first is added. When a call
   * fails later, the batches before stay and can be seen after {@link #refresh()}.
   *
   * @param documents what to add; a list, or anything that yields documents one by one
   * @throws IllegalArgumentException if an id is longer than 32,766 bytes in UTF-8 or not valid
   *     UTF-16, if a metadata key is empty or the name of one of the index's own fields, or if the
   *     analyzer makes a term of more than 32,766 bytes; the message names the document
   * @throws NullPointerException if a document is null
   * @throws InferenceException if the embedder fails or gives vectors that do not fit
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed, or was opened without the embedder that
   *     its documents were embedded with
   */
  public void add(Iterable<Document> documents) {
    gate.run(
        () -> {
          index.facts().checkAddedWith(where, embedding);
          addInBatches(documents, checkAll(documents));
          refreshNow();
        });
  }

  /** Checks what can be checked before the first is added: a collection, whose size is known. */
  private OptionalLong checkAll(Iterable<Document> documents) {
    if (!(documents instanceof Collection<Document> known)) {
      return OptionalLong.empty();
    }
    long position = 0;
    for (Document document : known) {
      fields.check(document, position++);
    }
    return OptionalLong.of(known.size());
  }

  private void addInBatches(Iterable<Document> documents, OptionalLong total) {
    long done = 0;
    List<Document> batch = new ArrayList<>(batchSize);
    for (Document document : documents) {
      fields.check(document, done + batch.size());
      batch.add(document);
      if (batch.size() == batchSize) {
        done = addBatch(batch, done, total);
      }
    }
    if (!batch.isEmpty()) {
      addBatch(batch, done, total);
    }
  }

  private long addBatch(List<Document> batch, long before, OptionalLong total) {
    List<Embedding.Vectors> embedded = embedding.of(batch);
    write(
        "add to",
        () -> {
          for (int i = 0; i < batch.size(); i++) {
            update(batch.get(i), embedded.get(i));
          }
          return null;
        });
    long done = before + batch.size();
    batch.clear();
    listener.indexed(done, total);
    return done;
  }

  private void update(Document document, Embedding.Vectors vectors) throws IOException {
    try {
      index.writer().updateDocument(fields.term(document.id()), fields.write(document, vectors));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "document '%s' cannot be indexed: %s".formatted(document.id(), e.getMessage()), e);
    }
  }

  /**
   * Puts documents in place of all that match a query, in one step: a search finds the old ones or
   * the new ones, never some of both or none. For the passages of a document that has changed,
   * {@code index.replace(Passage.allOf(document.id()), splitter.split(document))}, of which there
   * may now be fewer.
   *
   * <p>As with {@link #add}, a document also takes the place of one with the same id that the query
   * does not match. All are embedded before the first is written and written at once, so this is
   * for some documents, not for millions.
   *
   * @param old what is deleted
   * @param documents what is added; none deletes only; of several with one id the last stays
   * @throws IllegalArgumentException as {@link #add} does; nothing is deleted or added then
   * @throws NullPointerException if a document is null
   * @throws InferenceException if the embedder fails or gives vectors that do not fit
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed, or was opened without the embedder that
   *     its documents were embedded with
   */
  public void replace(Query old, Collection<Document> documents) {
    Objects.requireNonNull(old, "old");
    gate.run(
        () -> {
          index.facts().checkAddedWith(where, embedding);
          checkAll(documents);
          replaceNow(old, List.copyOf(lastOfEachId(documents)));
          refreshNow();
        });
  }

  private static Collection<Document> lastOfEachId(Collection<Document> documents) {
    var last = new LinkedHashMap<String, Document>();
    documents.forEach(document -> last.put(document.id(), document));
    return last.values();
  }

  private void replaceNow(Query old, List<Document> documents) {
    List<BytesRef> ids = new ArrayList<>(documents.size());
    List<Iterable<? extends IndexableField>> written = new ArrayList<>(documents.size());
    for (int from = 0; from < documents.size(); from += batchSize) {
      List<Document> batch = documents.subList(from, Math.min(documents.size(), from + batchSize));
      List<Embedding.Vectors> embedded = embedding.of(batch);
      for (int i = 0; i < batch.size(); i++) {
        ids.add(fields.term(batch.get(i).id()).bytes());
        written.add(fields.write(batch.get(i), embedded.get(i)));
      }
    }
    Query deleted =
        new BooleanQuery.Builder()
            .add(old, BooleanClause.Occur.SHOULD)
            .add(new TermInSetQuery(fields.id(), ids), BooleanClause.Occur.SHOULD)
            .build();
    try {
      write("replace in", () -> index.writer().updateDocuments(deleted, written));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "one of %d documents, from '%s' to '%s', cannot be indexed: %s"
              .formatted(
                  documents.size(),
                  documents.getFirst().id(),
                  documents.getLast().id(),
                  e.getMessage()),
          e);
    }
  }

  /**
   * Deletes documents; an id that the index does not have is passed over.
   *
   * @param ids the ids
   * @throws NullPointerException if an id is null
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed
   */
  public void delete(Collection<String> ids) {
    Term[] terms = List.copyOf(ids).stream().map(fields::term).toArray(Term[]::new);
    gate.run(
        () -> {
          write("delete from", () -> index.writer().deleteDocuments(terms));
          refreshNow();
        });
  }

  /**
   * Deletes all documents that match a query, for example {@link Passage#allOf} a document; to put
   * its new passages in their place, {@link #replace}.
   *
   * @param query what to delete
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed
   */
  public void delete(Query query) {
    Objects.requireNonNull(query, "query");
    gate.run(
        () -> {
          write("delete from", () -> index.writer().deleteDocuments(query));
          refreshNow();
        });
  }

  /**
   * Writes all that was added and deleted to disk, so that it survives the process and the machine.
   *
   * @throws RetrievalException if writing fails; the commit before stays readable
   * @throws IllegalStateException if the index is closed
   */
  public void commit() {
    gate.run(() -> write("commit", () -> index.writer().commit()));
  }

  /**
   * Lets searches see what was written so far. {@link #add} and {@link #delete} do so themselves
   * before they return; this is for what a failed or running {@code add} has already written.
   *
   * @throws RetrievalException if reading or writing fails
   * @throws IllegalStateException if the index is closed
   */
  public void refresh() {
    gate.run(this::refreshNow);
  }

  private void refreshNow() {
    write(
        "refresh",
        () -> {
          index.searchers().maybeRefreshBlocking();
          return null;
        });
  }

  /**
   * How many documents a search can find now.
   *
   * @return the number of documents
   * @throws IllegalStateException if the index is closed
   */
  public int size() {
    return search(searcher -> searcher.getIndexReader().numDocs());
  }

  /**
   * Finds documents whose embeddings lie nearest to the query's: approximately, through an HNSW
   * graph, as Lucene does. Where the k-th of the candidates has the same score as documents after
   * it, ids decide among the first 16 of those. In a quantised {@link VectorFormat} the best are
   * compared again from the full vectors.
   *
   * @return a retriever named {@code "knn"}; its scores are (1 + cosine) / 2, from 0 to 1
   * @throws IllegalStateException if the index has no embedder
   */
  public LuceneRetriever knn() {
    Embedder model = embedding.embedder();
    if (model == null) {
      throw new IllegalStateException(
          where + " is open without an embedder, which knn() needs: set one in the builder");
    }
    return retriever("knn", new KnnPlan(fields.vector(), model, index.facts().oversampling()));
  }

  /**
   * Finds documents by the words of the query. Any text is a query: it is analysed like the
   * documents, and there is no query syntax. A document matches if it has at least one of the
   * words; a word that the query repeats counts that many times. A query of more different words
   * than half of {@link IndexSearcher#getMaxClauseCount()} (512 unless the application changed it)
   * is searched by those that fewest documents have.
   *
   * @return a retriever named {@code "bm25"}; its scores are those of the builder's similarity,
   *     BM25 by default
   */
  public LuceneRetriever bm25() {
    return retriever("bm25", new BagOfWords(fields.text(), analyzer));
  }

  /**
   * A stage between the first and a cross-encoder: for each token of the query its best match among
   * the passage's tokens, summed up (MaxSim), from token vectors that the index keeps in Lucene's
   * {@link org.apache.lucene.document.LateInteractionField}.
   *
   * {@snippet :
   * Pipeline pipeline = Pipeline.builder()
   *     .retrieve(index.knn(), 1000)
   *     .rerank(index.lateInteraction(), 100)
   *     .rerank(crossEncoder, 10)
   *     .build();
   * }
   *
   * <p>The logit is the sum, over the query's tokens, of (1 + cosine) / 2; the score is their mean,
   * from 0 to 1. A candidate is looked up by its id; one that the index does not have is embedded
   * on the spot. A passage without tokens gets 0. Nothing is truncated here.
   *
   * <p>Source: Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via
   * Contextualized Late Interaction over BERT", SIGIR 2020.
   *
   * @return a reranker named {@code "late-interaction"}; closing it leaves the index open
   * @throws IllegalStateException if the index has no token embedder
   */
  public Reranker lateInteraction() {
    MultiVectorEmbedder model = embedding.tokens();
    if (model == null) {
      throw new IllegalStateException(
          where
              + " is open without a token embedder, which lateInteraction() needs: set one in the"
              + " builder");
    }
    return new LateInteraction(this::search, fields.id(), fields.tokens(), model);
  }

  private LuceneRetriever retriever(String name, LuceneRetriever.Plan plan) {
    return new LuceneRetriever(
        name,
        this::search,
        plan,
        (stored, doc) -> fields.read(stored.document(doc)),
        fields.id(),
        null);
  }

  private <T> T search(SearcherSource.Search<T> call) {
    return gate.call(() -> searchNow(call));
  }

  private <T> T searchNow(SearcherSource.Search<T> call) {
    try {
      IndexSearcher searcher = index.searchers().acquire();
      try {
        return call.run(searcher);
      } finally {
        threads.call(() -> release(searcher));
      }
    } catch (IOException e) {
      throw IndexFailure.of("search", where, e);
    }
  }

  /**
   * Gives a searcher back; on the index's own threads, since the last to hold an old one deletes
   * its files and asks for the write lock before.
   */
  private @Nullable Object release(IndexSearcher searcher) throws IOException {
    index.searchers().release(searcher);
    return null;
  }

  private void write(String doing, Callable<@Nullable Object> work) {
    try {
      threads.call(work);
    } catch (IOException e) {
      throw IndexFailure.of(doing, where, e);
    } catch (AlreadyClosedException e) {
      // Lucene's writer ends itself at a failure that could harm the index.
      Throwable tragedy = index.writer().getTragicException();
      throw IndexFailure.of(doing, where, IndexFailure.root(tragedy == null ? e : tragedy));
    }
  }

  /**
   * Waits for calls in flight, commits and releases the index; the embedder stays open. A second
   * call does nothing; any other call afterwards is an {@link IllegalStateException}.
   *
   * @throws RetrievalException if the commit fails; all is released nevertheless, and the commit
   *     before stays readable
   * @throws IllegalStateException if called by a listener or an embedder from within {@link #add}
   */
  @Override
  public void close() {
    gate.shut(
        () -> {
          try (threads) {
            write(
                "close",
                () -> {
                  index.close();
                  return null;
                });
          }
        });
  }

  /** Searchers that score as the index was built to. */
  private static final class ScoringBy extends SearcherFactory {

    private final Similarity similarity;

    ScoringBy(Similarity similarity) {
      this.similarity = similarity;
    }

    @Override
    public IndexSearcher newSearcher(IndexReader reader, @Nullable IndexReader previous) {
      var searcher = new IndexSearcher(reader);
      searcher.setSimilarity(similarity);
      return searcher;
    }
  }

  /** A failed merge leaves the segments as they were; Lucene would print it and end the thread. */
  private static final class LoggingMerges extends ConcurrentMergeScheduler {
    @Override
    protected void handleMergeException(Throwable failure) {
      LOG.error("merging segments failed; the index goes on with the unmerged ones", failure);
    }
  }

  /** Collects the settings of an index; not thread-safe. */
  public static final class Builder {

    private OpenIndex.@Nullable Place place;
    private String where = "";
    private @Nullable Embedder embedder;
    private @Nullable MultiVectorEmbedder tokenEmbedder;
    private Analyzer analyzer = new StandardAnalyzer();
    private Similarity similarity = new BM25Similarity();
    private String idField = "id";
    private String textField = "text";
    private String vectorField = "vector";
    private VectorFormat vectors = VectorFormat.FLOAT32;
    private int batchSize = 256;
    private IndexingListener listener = (done, total) -> {};

    private Builder() {}

    /**
     * Keeps the index in a directory, which is created if need be; what is there already is opened.
     * This or {@link #inMemory()} is required.
     *
     * @param path the directory, for this index alone
     * @return this
     */
    public Builder directory(Path path) {
      Objects.requireNonNull(path, "path");
      return place("the index in '" + path + "'", () -> openDirectory(path));
    }

    /**
     * Keeps the index in memory, for as long as it is open.
     *
     * @return this
     */
    public Builder inMemory() {
      return place("the index in memory", ByteBuffersDirectory::new);
    }

    Builder place(String where, OpenIndex.Place place) {
      this.where = where;
      this.place = place;
      return this;
    }

    private static MMapDirectory openDirectory(Path path) throws IOException {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new IllegalArgumentException(
            "'" + path + "' is a file; an index needs a directory: name another path");
      }
      return new MMapDirectory(path);
    }

    /**
     * Embeds documents and queries, for {@link LuceneIndex#knn()}; default: none, and the index
     * finds by words alone.
     *
     * @param embedder the model; stays the caller's to close, after the index
     * @return this
     */
    public Builder embedder(Embedder embedder) {
      this.embedder = Objects.requireNonNull(embedder, "embedder");
      return this;
    }

    /**
     * Embeds each token of documents and queries, for {@link LuceneIndex#lateInteraction()};
     * default: none. A document then takes a vector a token: many times the room of {@link
     * #embedder}'s.
     *
     * @param embedder the model; stays the caller's to close, after the index
     * @return this
     */
    public Builder tokenEmbedder(MultiVectorEmbedder embedder) {
      this.tokenEmbedder = Objects.requireNonNull(embedder, "embedder");
      return this;
    }

    /**
     * Splits text and queries into terms; default: {@link StandardAnalyzer} without stop words. An
     * index must always be opened with the analyzer it was made with.
     *
     * @param analyzer the analyzer; stays the caller's
     * @return this
     */
    public Builder analyzer(Analyzer analyzer) {
      this.analyzer = Objects.requireNonNull(analyzer, "analyzer");
      return this;
    }

    /**
     * Scores for {@link LuceneIndex#bm25()}; default: {@link BM25Similarity} with k1 = 1.2 and b =
     * 0.75. BM25's settings may change from one opening of an index to the next.
     *
     * @param similarity for example {@code new BM25Similarity(0.9f, 0.4f)}
     * @return this
     */
    public Builder similarity(Similarity similarity) {
      this.similarity = Objects.requireNonNull(similarity, "similarity");
      return this;
    }

    /**
     * Names the field of the document's id; default: {@code "id"}.
     *
     * @param name the field name
     * @return this
     */
    public Builder idField(String name) {
      this.idField = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Names the field of the document's text; default: {@code "text"}.
     *
     * @param name the field name
     * @return this
     */
    public Builder textField(String name) {
      this.textField = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Names the field of the document's embedding; default: {@code "vector"}. The token vectors of
     * {@link #tokenEmbedder} are kept in the field of this name and {@code ".tokens"}.
     *
     * @param name the field name
     * @return this
     */
    public Builder vectorField(String name) {
      this.vectorField = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets how embeddings are kept; default: {@link VectorFormat#FLOAT32}. May change from one
     * opening of an index to the next: what is written from then on, and what Lucene merges, is
     * kept in the new format. As many candidates are compared from the full vectors as the coarsest
     * format needs that the index ever had.
     *
     * @param vectors the format
     * @return this
     */
    public Builder vectors(VectorFormat vectors) {
      this.vectors = Objects.requireNonNull(vectors, "vectors");
      return this;
    }

    /**
     * Sets how many documents are embedded and written at once; default: 256.
     *
     * @param documents at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder batchSize(int documents) {
      if (documents < 1) {
        throw new IllegalArgumentException("batchSize is " + documents + "; it is at least 1");
      }
      this.batchSize = documents;
      return this;
    }

    /**
     * Tells how far {@link LuceneIndex#add} has come; default: nobody.
     *
     * @param listener called after each batch
     * @return this
     */
    public Builder listener(IndexingListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Opens the index, or creates it where there is none.
     *
     * @return the index
     * @throws IllegalStateException if neither a directory was given nor memory asked for
     * @throws IllegalArgumentException if the directory is a file, or two fields have one name or a
     *     blank one
     * @throws RetrievalException if the index cannot be read or written, another writer has it
     *     open, it is damaged, or it was made with another embedder or other field names
     */
    public LuceneIndex build() {
      if (place == null) {
        throw new IllegalStateException(
            "an index needs a place: call directory(path) or inMemory()");
      }
      return new LuceneIndex(this, where, place);
    }
  }
}
