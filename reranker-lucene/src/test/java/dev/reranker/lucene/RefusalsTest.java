package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused, and what the message says. */
class RefusalsTest {

  @TempDir Path folder;

  private LuceneIndex.Builder onDisk() {
    return LuceneIndex.builder().directory(folder);
  }

  private static LuceneIndex.Builder inMemory() {
    return LuceneIndex.builder().inMemory();
  }

  @Test
  void aPlaceIsNeeded() {
    assertThatThrownBy(() -> LuceneIndex.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an index needs a place: call directory(path) or inMemory()");
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> LuceneIndex.builder().directory(file).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + file + "' is a file; an index needs a directory: name another path");
  }

  @Test
  void fieldNamesDiffer() {
    assertThatThrownBy(() -> inMemory().idField("x").textField("x").build())
        .hasMessage(
            "idField 'x', textField 'x', vectorField 'vector', and 'vector.tokens' and"
                + " 'vector.prepared', which belong to it, must be different names");
    for (String derived : List.of("vector.tokens", "vector.prepared")) {
      assertThatThrownBy(() -> inMemory().textField(derived).build())
          .hasMessageContaining("must be different names");
    }
    assertThatThrownBy(() -> inMemory().textField(" ").build())
        .hasMessage("textField is blank; give the field a name");
  }

  @Test
  void aBatchHasADocument() {
    assertThatThrownBy(() -> inMemory().batchSize(0))
        .hasMessage("batchSize is 0; it is at least 1");
  }

  @Test
  void knnNeedsAnEmbedder() {
    try (var index = inMemory().build()) {
      assertThatThrownBy(index::knn)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the index in memory is open without an embedder, which knn() needs: set one in the"
                  + " builder");
    }
  }

  @Test
  void aClosedIndexSaysSo() {
    LuceneIndex index = inMemory().embedder(new BagEmbedder()).build();
    LuceneRetriever retriever = index.knn();
    index.close();
    assertThatThrownBy(() -> index.add(Texts.WHALES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the index in memory is closed: build a new one");
    assertThatThrownBy(() -> index.delete(List.of("a"))).hasMessageContaining("closed");
    assertThatThrownBy(index::commit).hasMessageContaining("closed");
    assertThatThrownBy(index::refresh).hasMessageContaining("closed");
    assertThatThrownBy(index::size).hasMessageContaining("closed");
    assertThatThrownBy(() -> retriever.retrieve("whales", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aBadDocumentIsNamedAndNothingIsAdded() {
    try (var index = inMemory().batchSize(1).build()) {
      Document good = Document.of("good", "text");
      assertThatThrownBy(() -> index.add(List.of(good, Document.of("ü".repeat(20_000), ""))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the id of document 1 is 40000 bytes long in UTF-8 ('üüü")
          .hasMessageContaining("at most 32766 fit");
      assertThatThrownBy(() -> index.add(List.of(good, Document.of("x\ud83d", ""))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("document 1 ('x\ud83d') has an unpaired surrogate");
      assertThatThrownBy(() -> index.add(List.of(good, new Document("x", "", Map.of("id", "y")))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("document 1 ('x') has the metadata key 'id'");
      assertThatThrownBy(() -> index.add(Arrays.asList(good, null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("document 1 is null");
      index.refresh();
      assertThat(index.size()).isZero();
    }
  }

  @Test
  void anImmenseTermIsNamedAndTheOldDocumentStays() {
    try (var index = inMemory().analyzer(new OneTerm()).build()) {
      index.add(List.of(Document.of("a", "short")));
      assertThatThrownBy(() -> index.add(List.of(Document.of("a", "x".repeat(40_000)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("document 'a' cannot be indexed:")
          .hasMessageContaining("immense term");
      index.refresh();
      assertThat(Texts.ids(index.bm25().retrieve("short", 1))).containsExactly("a");
    }
  }

  /** The whole text as one term. */
  private static final class OneTerm extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      var tokenizer = new StandardTokenizer();
      tokenizer.setMaxTokenLength(StandardTokenizer.MAX_TOKEN_LENGTH_LIMIT);
      return new TokenStreamComponents(tokenizer);
    }
  }

  @Test
  void aReplacementByNothingSaysWhatFailed() {
    var refused =
        new Query() {
          @Override
          public Query rewrite(IndexSearcher searcher) {
            throw new IllegalArgumentException("no such field");
          }

          @Override
          public void visit(QueryVisitor visitor) {}

          @Override
          public String toString(String field) {
            return "refused";
          }

          @Override
          public boolean equals(Object other) {
            return this == other;
          }

          @Override
          public int hashCode() {
            return 1;
          }
        };
    LuceneIndex index = inMemory().build();
    index.add(Texts.WHALES);
    assertThatThrownBy(() -> index.replace(refused, List.of()))
        .hasMessageContaining("no such field");
    assertThatThrownBy(index::close)
        .as("Lucene has ended the writer")
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("no such field");
  }

  @Test
  void anEmbedderMustKeepItsDimension() {
    var narrow = new BagEmbedder("bag", 8);
    Embedder liar = new FixedEmbedder(9, narrow::embedQuery, narrow::embedPassages);
    try (var index = inMemory().embedder(liar).build()) {
      assertThatThrownBy(() -> index.add(Texts.WHALES))
          .isInstanceOf(InferenceException.class)
          .hasMessage("embedder 'fixed' gave 8 numbers for document 'a'; its dimension is 9");
    }
  }

  @Test
  void anEmbedderMustAnswerForEachPassage() {
    Embedder mute = new FixedEmbedder(8, query -> new float[8], passages -> List.of());
    try (var index = inMemory().embedder(mute).build()) {
      assertThatThrownBy(() -> index.add(Texts.WHALES))
          .isInstanceOf(InferenceException.class)
          .hasMessage("embedder 'fixed' gave vectors for 0 of 6 passages");
    }
  }

  private record FixedEmbedder(
      int dimension,
      Function<String, float[]> query,
      Function<List<String>, List<float[]>> passages)
      implements Embedder {

    @Override
    public String name() {
      return "fixed";
    }

    @Override
    public float[] embedQuery(String text) {
      return query.apply(text);
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
      return passages.apply(texts);
    }

    @Override
    public void close() {}
  }

  @Test
  void vectorsMustBeNumbers() {
    var broken = new ScaledEmbedder(new BagEmbedder(), Float.NaN);
    try (var index = inMemory().embedder(broken).build()) {
      assertThatThrownBy(() -> index.add(Texts.WHALES))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("embedder 'bag' gave NaN or infinity for document 'a'");
    }
  }

  @Test
  void anotherEmbedderIsRefused() {
    try (var index = onDisk().embedder(new BagEmbedder("old model", 8)).build()) {
      index.add(Texts.WHALES);
    }
    assertThatThrownBy(() -> onDisk().embedder(new BagEmbedder("new model", 8)).build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("was made with embedder 'old model' (dimension 8)")
        .hasMessageContaining("not with embedder 'new model' (dimension 8)")
        .hasMessageContaining("index again");
    assertThatThrownBy(() -> onDisk().embedder(new BagEmbedder("old model", 16)).build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("(dimension 8)")
        .hasMessageContaining("(dimension 16)");
  }

  @Test
  void theEmbedderIsKnownFromTheFirstCommitOn() throws IOException {
    onDisk().embedder(new BagEmbedder("old model", 8)).build().close();
    try (var directory = new MMapDirectory(folder)) {
      assertThat(org.apache.lucene.index.SegmentInfos.readLatestCommit(directory).getUserData())
          .containsEntry("reranker.embedder", "old model")
          .containsEntry("reranker.dimension", "8");
    }
  }

  @Test
  void anEmptyIndexTakesAnyEmbedder() {
    onDisk().embedder(new BagEmbedder("old model", 8)).build().close();
    try (var index = onDisk().embedder(new BagEmbedder("new model", 16)).build()) {
      index.add(Texts.WHALES);
    }
    assertThatThrownBy(() -> onDisk().embedder(new BagEmbedder("old model", 8)).build())
        .hasMessageContaining("was made with embedder 'new model'");
  }

  @Test
  void withoutItsEmbedderAnIndexIsSearchedByWordsOnly() {
    try (var index = onDisk().embedder(new BagEmbedder()).build()) {
      index.add(Texts.WHALES);
    }
    try (var index = onDisk().build()) {
      assertThat(index.bm25().retrieve("whales", 9)).hasSize(3);
      assertThatThrownBy(() -> index.add(Texts.WHALES))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was made with embedder 'bag' (dimension 32)")
          .hasMessageContaining("open it with that embedder");
      index.delete(List.of("a"));
    }
    try (var index = onDisk().embedder(new BagEmbedder()).build()) {
      assertThat(index.size()).isEqualTo(5);
    }
  }

  @Test
  void otherFieldNamesAreRefused() {
    try (var index = onDisk().build()) {
      index.add(Texts.WHALES);
    }
    assertThatThrownBy(() -> onDisk().textField("body").build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("textField 'text'")
        .hasMessageContaining("textField 'body'");
  }

  @Test
  void anotherProgramsIndexIsNotWrittenTo() throws IOException {
    try (var directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      var document = new org.apache.lucene.document.Document();
      document.add(new StringField("id", "a", org.apache.lucene.document.Field.Store.YES));
      writer.addDocument(document);
    }
    assertThatThrownBy(() -> onDisk().build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("another program indexed")
        .hasMessageContaining("LuceneRetriever");
  }

  @Test
  void aSecondWriterIsRefused() {
    try (var index = onDisk().build()) {
      assertThatThrownBy(() -> onDisk().build())
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("another writer, in this or another process, has it open");
      index.add(Texts.WHALES);
    }
  }

  @Test
  void aDamagedIndexIsRefusedAndUnlocked() throws IOException {
    try (var index = onDisk().build()) {
      index.add(Texts.WHALES);
    }
    Path segments;
    try (var files = Files.list(folder)) {
      segments =
          files.filter(f -> f.getFileName().toString().startsWith("segments_")).findAny().get();
    }
    try (var file = new RandomAccessFile(segments.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> onDisk().build())
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("damaged or missing")
          .hasMessageContaining("restore it from a copy or index the documents again");
    }
  }

  @Test
  void aMissingSegmentIsNamed() throws IOException {
    try (var index = onDisk().build()) {
      index.add(Texts.WHALES);
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cfs")).toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> onDisk().build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("damaged or missing")
        .hasMessageContaining(".cfs");
  }

  @Test
  void aReadOnlyPlaceIsNamed() {
    assertThatThrownBy(
            () ->
                LuceneIndex.builder()
                    .place("the index on a read-only disk", ReadOnlyDirectory::new)
                    .build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("cannot open the index on a read-only disk")
        .hasMessageContaining("may not write there");
  }

  private static final class ReadOnlyDirectory extends FilterDirectory {
    ReadOnlyDirectory() {
      super(new ByteBuffersDirectory());
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      throw new AccessDeniedException(name);
    }
  }
}
