package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.passage.PassagePreparer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The settings that {@link LuceneIndex.Builder} collects; a class of its own to be read in one go.
 *
 * @param <B> the builder
 */
abstract class IndexSettings<B extends IndexSettings<B>> {

  private @Nullable Place place;
  private String where = "";
  private boolean inMemory;
  private boolean readOnly;
  private @Nullable Embedder embedder;
  private @Nullable MultiVectorEmbedder tokenEmbedder;
  private @Nullable PassagePreparer preparer;
  private Analyzer analyzer = new StandardAnalyzer();
  private Similarity similarity = new BM25Similarity();
  private String idField = "id";
  private String textField = "text";
  private String vectorField = "vector";
  private VectorFormat vectors = VectorFormat.FLOAT32;
  private int batchSize = 256;
  private IndexingListener listener = (done, total) -> {};

  /**
   * Keeps the index in a directory, which is created if need be; an index that is there is opened.
   * This or {@link #inMemory()} is required.
   *
   * @param path the directory, for this index alone
   * @return this
   */
  public final B directory(Path path) {
    Objects.requireNonNull(path, "path");
    return place("the index in '" + path + "'", () -> openDirectory(path, readOnly));
  }

  /**
   * Keeps the index in memory, for as long as it is open.
   *
   * @return this
   */
  public final B inMemory() {
    place("the index in memory", ByteBuffersDirectory::new);
    this.inMemory = true;
    return self();
  }

  final B place(String where, Place place) {
    this.where = where;
    this.place = place;
    this.inMemory = false;
    return self();
  }

  private static MMapDirectory openDirectory(Path path, boolean readOnly) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          "'" + path + "' is a file; an index needs a directory: name another path");
    }
    if (readOnly && !Files.exists(path)) {
      // Lucene would create it.
      throw new IndexNotFoundException("no directory '" + path + "'");
    }
    return new MMapDirectory(path);
  }

  /**
   * Opens the index for searching only; default: for writing too. Nothing is created, written or
   * locked, so any number of processes can search an index at once, beside its one writer or from a
   * read-only medium. What was committed when it was opened is found; {@link LuceneIndex#refresh()}
   * goes on to what was committed since. Whatever writes is an {@link IllegalStateException}.
   *
   * @return this
   */
  public final B readOnly() {
    this.readOnly = true;
    return self();
  }

  /**
   * Embeds documents and queries, for {@link LuceneIndex#knn()}; default: the embedder that {@link
   * #prepare(PassagePreparer)} brings, or none, and the index finds by words alone.
   *
   * @param embedder the model; stays the caller's to close, after the index
   * @return this
   */
  public final B embedder(Embedder embedder) {
    this.embedder = Objects.requireNonNull(embedder, "embedder");
    return self();
  }

  /**
   * Embeds each token of documents and queries, for {@link LuceneIndex#lateInteraction()}; default:
   * none. A document then takes one vector per token: many times the room of {@link
   * #embedder(Embedder)}'s.
   *
   * @param embedder the model; stays the caller's to close, after the index
   * @return this
   */
  public final B tokenEmbedder(MultiVectorEmbedder embedder) {
    this.tokenEmbedder = Objects.requireNonNull(embedder, "embedder");
    return self();
  }

  /**
   * Has a reranker read documents when they are added, and keeps what it made of them, so that it
   * scores them in a fraction of the time: {@link LuceneIndex#knn()} and {@link LuceneIndex#bm25()}
   * find documents with their {@linkplain dev.reranker.Document#prepared() prepared passages}.
   * Default: none. Of the default model a document then takes about 130 bytes per token more, on
   * disk ({@link LuceneIndex#preparedSize()}) and, as a hit, in memory.
   *
   * <p>A preparer that is an embedder too embeds documents and queries, unless {@link
   * #embedder(Embedder)} names another: one run of the model per document gives both. It does so in
   * an index that is new or was made with it; in any other it only prepares, and {@link
   * LuceneIndex#knn()} needs that index's own embedder named.
   *
   * @param preparer the model; stays the caller's to close, after the index
   * @return this
   */
  public final B prepare(PassagePreparer preparer) {
    this.preparer = Objects.requireNonNull(preparer, "preparer");
    return self();
  }

  /**
   * Splits text and queries into terms; default: {@link StandardAnalyzer} without stop words. An
   * index must always be opened with the analyzer it was made with.
   *
   * @param analyzer the analyzer; stays the caller's
   * @return this
   */
  public final B analyzer(Analyzer analyzer) {
    this.analyzer = Objects.requireNonNull(analyzer, "analyzer");
    return self();
  }

  /**
   * Scores for {@link LuceneIndex#bm25()}; default: {@link BM25Similarity} with k1 = 1.2 and b =
   * 0.75. BM25's settings may change from one opening of an index to the next.
   *
   * @param similarity for example {@code new BM25Similarity(0.9f, 0.4f)}
   * @return this
   */
  public final B similarity(Similarity similarity) {
    this.similarity = Objects.requireNonNull(similarity, "similarity");
    return self();
  }

  /**
   * Names the field of the document's id; default: {@code "id"}.
   *
   * @param name the field name
   * @return this
   */
  public final B idField(String name) {
    this.idField = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Names the field of the document's text; default: {@code "text"}.
   *
   * @param name the field name
   * @return this
   */
  public final B textField(String name) {
    this.textField = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Names the field of the document's embedding; default: {@code "vector"}. The token vectors of
   * {@link #tokenEmbedder(MultiVectorEmbedder)} are kept in the field of this name and {@code
   * ".tokens"}, the passages of {@link #prepare(PassagePreparer)} in that of this name and {@code
   * ".prepared"}.
   *
   * @param name the field name
   * @return this
   */
  public final B vectorField(String name) {
    this.vectorField = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Sets how embeddings are kept; default: {@link VectorFormat#FLOAT32}. May change from one
   * opening of an index to the next: what is written from then on, and what Lucene merges, is kept
   * in the new format. As many candidates are compared from the full vectors as the coarsest format
   * needs that the index ever had.
   *
   * @param vectors the format
   * @return this
   */
  public final B vectors(VectorFormat vectors) {
    this.vectors = Objects.requireNonNull(vectors, "vectors");
    return self();
  }

  /**
   * Sets how many documents are embedded and written at once; default: 256.
   *
   * @param documents at least 1
   * @return this
   * @throws IllegalArgumentException if it is below 1
   */
  public final B batchSize(int documents) {
    if (documents < 1) {
      throw new IllegalArgumentException("batchSize is " + documents + "; it is at least 1");
    }
    this.batchSize = documents;
    return self();
  }

  /**
   * Tells how far {@link LuceneIndex#add} has come; default: nobody.
   *
   * @param listener called after each batch
   * @return this
   */
  public final B listener(IndexingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return self();
  }

  /** The builder. */
  abstract B self();

  /**
   * What was collected.
   *
   * @throws IllegalStateException if no place was given
   */
  final IndexConfig config() {
    if (place == null) {
      throw new IllegalStateException("an index needs a place: call directory(path) or inMemory()");
    }
    if (readOnly && inMemory) {
      throw new IllegalStateException(
          "an index in memory starts empty, so readOnly() would find nothing: leave it out, or name"
              + " a directory");
    }
    return new IndexConfig(
        where,
        place,
        readOnly,
        embedders(),
        new DocumentFields(idField, textField, vectorField),
        vectors,
        analyzer,
        similarity,
        batchSize,
        listener);
  }

  private IndexEmbedders embedders() {
    if (preparer == null) {
      return new IndexEmbedders(embedder, tokenEmbedder, null);
    }
    Embedder own = embedder == null ? preparer.embedder().orElse(null) : null;
    return new IndexEmbedders(
        own == null ? embedder : own, tokenEmbedder, IndexPreparer.of(preparer, own != null));
  }
}
