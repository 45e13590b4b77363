package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.Reranker;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import dev.reranker.passage.Passage;
import dev.reranker.passage.PassageSplitter;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;

/**
 * A Lucene index of documents and their embeddings, on disk or in memory.
 *
 * {@snippet :
 * try (var index = LuceneIndex.builder().directory(path).embedder(embedder).build()) {
 *   index.add(documents);
 *   Retriever firstStage = Fusion.rrf(index.knn(), index.bm25());
 * }
 * }
 *
 * <p><b>Visible and durable.</b> What {@link #add} and {@link #delete} did is found by searches
 * that start after they returned. It is on disk after {@link #commit()} or {@link #close()}; a
 * process that dies before loses what came after the last commit and nothing else. After a failure
 * of the disk the last commit stays readable and searches go on; close the index and open it again
 * to write.
 *
 * <p><b>One writer, any number of readers.</b> An index open here is locked against every other
 * writer, in this process or another. {@link Builder#readOnly()} opens it for searching alone: that
 * takes no lock, so many processes can search it at once, also beside its writer.
 *
 * <p><b>What is stored.</b> A document's text, analysed and whole; its id; its embedding, brought
 * to length 1; and its metadata, which comes back with its types: strings, booleans, and numbers of
 * Java's primitive types. Each entry's {@code toString()} is a keyword field of its key's name, so
 * that {@code new TermQuery(new Term(key, value.toString()))} makes a filter (of a value above
 * 32,766 bytes the first 10,922 characters are the term). A number is a point of the field {@code
 * key.number} too: {@code DoublePoint.newRangeQuery("year.number", 1990, 1999)}. An embedding that
 * is all zeros points nowhere: such a document is not found by {@link #knn()}, and such a query
 * finds nothing. Unpaired surrogates in text and metadata come back as U+FFFD.
 *
 * <p><b>Embedders.</b> The embedder's {@link Embedder#fingerprint()} is kept with each commit, and
 * the index refuses to be opened with another one, for writing and for searching: vectors of two
 * models do not compare. A model under another name, or from another folder, is the same if its
 * fingerprint is. Any dimension can be kept, also above Lucene's default limit of 1024. The index
 * does not close the embedder.
 *
 * <p><b>Prepared passages.</b> {@link Builder#prepare} has a reranker read each document once, when
 * it is added, so that reranking it costs a fraction of reading it; with such a model, as the
 * default one is, this is what to choose: the score is the model's own. For another model that
 * gives a vector per token there is {@link Builder#tokenEmbedder}, whose MaxSim is a stage before a
 * cross-encoder; it takes four bytes per number, an int8 prepared passage one. Each prepared
 * passage carries the fingerprint of what made it. With a preparer, documents are found with their
 * prepared passages; those added before the index had one come with their text alone, which the
 * reranker reads. From the first opening for writing with a preparer, the index refuses another
 * one's, and to be added to without. Without a preparer it is searched by its texts. A document
 * that is added with a prepared passage of the preparer's keeps that one. The index does not close
 * the preparer.
 *
 * <p><b>Old indexes.</b> One made before fingerprints were kept knows its embedder by name and
 * dimension: it opens with a model of both, and takes on that model's fingerprint with its next
 * commit, from which on only that counts; a warning is logged at opening. Before that commit, make
 * sure that it is the right model. The same holds for an index whose embedder had the default
 * fingerprint, of name and dimension, and now gives one of its own. Metadata written as strings
 * stays strings until its document is added again.
 *
 * <p><b>Threads.</b> All methods can be called from any thread at any time. Files are written and
 * opened on threads of the index's own and read through memory maps ({@link MMapDirectory}), since
 * an interrupt would close a file channel that the calling thread is using: an interrupt neither
 * ends a call here nor harms the index, and the thread's interrupt flag is kept.
 */
public final class LuceneIndex implements AutoCloseable {

  private final IndexConfig config;
  private final GuardedIndex index;
  private final DocumentWriter documents;

  private LuceneIndex(IndexConfig config) {
    this.config = config;
    this.index = new GuardedIndex(config);
    this.documents = new DocumentWriter(index, config);
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
   *     UTF-16, if a document carries a passage that another model than the index's preparer has
   *     prepared, if a metadata key is empty, is the name of one of the index's own fields (or is
   *     so with {@code ".number"} after it) or ends in {@code ".number"}, if a metadata value is no
   *     string, boolean or number of a primitive type, or if the analyzer makes a term of more than
   *     32,766 bytes; the message names the document
   * @throws NullPointerException if a document is null
   * @throws InferenceException if the embedder or the preparer fails or gives what does not fit
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed or read-only, or was opened without the
   *     embedder that its documents were embedded with, or the preparer that they were prepared by
   */
  public void add(Iterable<Document> documents) {
    index.run(
        () -> {
          this.documents.add(documents);
          index.refresh();
        });
  }

  /**
   * Puts documents in place of all that match a query, in one step: a search finds the old ones or
   * the new ones, never some of both or none. For the passages of a document that has changed,
   * {@code index.replace(LuceneIndex.passagesOf(document.id()), splitter.split(document))}, of
   * which there may now be fewer.
   *
   * <p>As with {@link #add}, a document also takes the place of one with the same id that the query
   * does not match. All are embedded before the first is written and written at once, so this is
   * for some documents, not for millions.
   *
   * @param old what is deleted
   * @param documents what is added; none deletes only; of several with one id the last stays
   * @throws IllegalArgumentException as {@link #add} does; nothing is deleted or added then
   * @throws NullPointerException if a document is null
   * @throws InferenceException if the embedder or the preparer fails or gives what does not fit
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed or read-only, or was opened without the
   *     embedder that its documents were embedded with, or the preparer that they were prepared by
   */
  public void replace(Query old, Collection<Document> documents) {
    Objects.requireNonNull(old, "old");
    index.run(
        () -> {
          this.documents.replace(old, documents);
          index.refresh();
        });
  }

  /**
   * Matches all passages of a document that a {@link PassageSplitter} cut: to {@linkplain #replace
   * replace} or delete them, or to search in one document only.
   *
   * @param parent the document's id
   * @return the query
   */
  public static Query passagesOf(String parent) {
    return new TermQuery(new Term(Passage.PARENT, parent));
  }

  /**
   * Deletes documents; an id that the index does not have is passed over.
   *
   * @param ids the ids
   * @throws NullPointerException if an id is null
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed or read-only
   */
  public void delete(Collection<String> ids) {
    Term[] terms = List.copyOf(ids).stream().map(config.fields()::term).toArray(Term[]::new);
    index.run(
        () -> {
          index.write("delete from", writer -> writer.deleteDocuments(terms));
          index.refresh();
        });
  }

  /**
   * Deletes all documents that match a query, for example {@link #passagesOf} a document; to put
   * its new passages in their place, {@link #replace}.
   *
   * @param query what to delete
   * @throws RetrievalException if writing fails
   * @throws IllegalStateException if the index is closed or read-only
   */
  public void delete(Query query) {
    Objects.requireNonNull(query, "query");
    index.run(
        () -> {
          index.write("delete from", writer -> writer.deleteDocuments(query));
          index.refresh();
        });
  }

  /**
   * Writes all that was added and deleted to disk, so that it survives the process and the machine.
   *
   * @throws RetrievalException if writing fails; the commit before stays readable
   * @throws IllegalStateException if the index is closed or read-only
   */
  public void commit() {
    index.run(() -> index.write("commit", IndexWriter::commit));
  }

  /**
   * Lets searches see what was written so far. {@link #add} and {@link #delete} do so themselves
   * before they return; this is for what a failed or running {@code add} has already written, and
   * in an index open read-only for what its writer has committed since.
   *
   * @throws RetrievalException if reading or writing fails, or the writer has put documents of
   *     another model into an index that was empty when it was opened read-only; what was open
   *     stays
   * @throws IllegalStateException if the index is closed
   */
  public void refresh() {
    index.run(index::refresh);
  }

  /**
   * How many documents a search can find now.
   *
   * @return the number of documents
   * @throws IllegalStateException if the index is closed
   */
  public int size() {
    return index.search(searcher -> searcher.getIndexReader().numDocs());
  }

  /**
   * How many documents a search can find with a prepared passage, and what those take: all of them
   * are read to know, so this takes as long as reading that many bytes. It needs no preparer.
   *
   * @return the number of documents and bytes
   * @throws RetrievalException if reading fails
   * @throws IllegalStateException if the index is closed
   */
  public PreparedSize preparedSize() {
    return index.search(searcher -> PreparedValues.size(searcher, config.fields().prepared()));
  }

  /**
   * Finds documents whose embeddings lie nearest to the query's: approximately, through an HNSW
   * graph, as Lucene does; where a quarter or more of them is asked for, all are compared. Where
   * the k-th of the candidates has the same score as documents after it, ids decide among the first
   * 16 of those. In a quantised {@link VectorFormat} the best are compared again from the full
   * vectors.
   *
   * @return a retriever named {@code "knn"}; its scores are (1 + cosine) / 2, from 0 to 1
   * @throws IllegalStateException if the index has no embedder
   */
  public LuceneRetriever knn() {
    Embedder model = index.metadata().used(config.embedders()).embedder();
    if (model == null) {
      throw new IllegalStateException(
          config.where()
              + " is open without an embedder, which knn() needs: set one in the builder"
              + (config.embedders().embedder() == null
                  ? ""
                  : " (the preparer's own did not make this index's vectors)"));
    }
    return retriever(
        "knn",
        new KnnFirstPass(config.fields().vector(), model, () -> index.metadata().oversampling()));
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
    return retriever("bm25", new WordsFirstPass(config.fields().text(), config.analyzer()));
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
   * <p>The raw output is the sum, over the query's tokens, of (1 + cosine) / 2; the score is their
   * mean, from 0 to 1. A candidate is looked up by its id; one that the index does not have is
   * embedded on the spot, unless the call's deadline has passed by then: it is left unscored. A
   * passage without tokens gets 0. Nothing is truncated here.
   *
   * <p>Source: Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via
   * Contextualized Late Interaction over BERT", SIGIR 2020.
   *
   * @return a reranker named {@code "late-interaction"}; closing it leaves the index open
   * @throws IllegalStateException if the index has no token embedder
   */
  public Reranker lateInteraction() {
    MultiVectorEmbedder model = config.embedders().tokens();
    if (model == null) {
      throw new IllegalStateException(
          config.where()
              + " is open without a token embedder, which lateInteraction() needs: set one in the"
              + " builder");
    }
    return new LateInteraction(index, config.fields().id(), config.fields().tokens(), model);
  }

  private LuceneRetriever retriever(String name, FirstPass firstPass) {
    DocumentFields fields = config.fields();
    StoredDocuments documents = (stored, doc) -> fields.read(stored.document(doc));
    String prepared = config.embedders().preparer() == null ? null : fields.prepared();
    return new LuceneRetriever(
        index, new Retrieval(name, firstPass, documents, prepared, fields.id()), null);
  }

  /**
   * Refuses new calls from now on, waits for those in flight, commits (unless the index is open
   * read-only) and releases the index; the embedder stays open. A second call does nothing; any
   * other call afterwards is an {@link IllegalStateException}.
   *
   * @throws RetrievalException if the commit fails, or a failure since had ended the writer; all is
   *     released nevertheless, and the commit before stays readable
   * @throws IllegalStateException if called by a listener or an embedder from within {@link #add}
   */
  @Override
  public void close() {
    index.close();
  }

  /** Collects the settings of an index; not thread-safe. */
  public static final class Builder extends IndexSettings<Builder> {

    private Builder() {}

    @Override
    Builder self() {
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
     *     open, it is damaged, or it was made with another embedder, preparer or other field names
     * @throws UnsupportedOperationException if the preparer reads query and passage together only
     */
    public LuceneIndex build() {
      return new LuceneIndex(config());
    }
  }
}
