package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import dev.reranker.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An index open for searching only. */
@Timeout(300)
class ReadOnlyIndexTest {

  @TempDir Path folder;

  private LuceneIndex.Builder writable() {
    return LuceneIndex.builder().directory(folder).embedder(new BagEmbedder());
  }

  private LuceneIndex.Builder readOnly() {
    return writable().readOnly();
  }

  private void write(List<Document> documents) {
    try (var index = writable().build()) {
      index.add(documents);
    }
  }

  /** A medium that nothing can be written to, and that fails at each try. */
  private static final class Medium extends FilterDirectory {

    Medium(Directory in) {
      super(in);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public void deleteFile(String name) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public void rename(String source, String dest) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public void sync(Collection<String> names) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public Lock obtainLock(String name) {
      throw new ReadOnlyFileSystemException();
    }
  }

  @Test
  void aReadOnlyMediumIsSearched() {
    write(Texts.WHALES);
    try (var index =
        LuceneIndex.builder()
            .place("the index on a disc", () -> new Medium(new MMapDirectory(folder)))
            .embedder(new BagEmbedder())
            .readOnly()
            .build()) {
      assertThat(index.size()).isEqualTo(6);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 9))).containsExactly("a", "e", "b");
      assertThat(Texts.ids(index.knn().retrieve("dogs bark", 1))).containsExactly("d");
      index.refresh();
    }
  }

  @Test
  void noFileIsMadeOrTouched() throws IOException {
    write(Texts.WHALES);
    Map<String, Object> before = files();
    try (var index = readOnly().build()) {
      assertThat(index.bm25().retrieve("whales", 9)).hasSize(3);
      index.refresh();
    }
    assertThat(files()).isEqualTo(before);
  }

  private Map<String, Object> files() throws IOException {
    Map<String, Object> files = new TreeMap<>();
    try (var list = Files.list(folder)) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void aMissingIndexIsNamedAndNotMade() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> LuceneIndex.builder().directory(missing).readOnly().build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the index in '" + missing + "' is not there")
        .hasMessageContaining("without readOnly()");
    assertThat(missing).doesNotExist();
    assertThatThrownBy(() -> readOnly().build())
        .as("an empty folder")
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("is not there");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anIndexInMemoryCannotBe() {
    assertThatThrownBy(() -> LuceneIndex.builder().inMemory().readOnly().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leave it out, or name a directory");
  }

  @Test
  void writingIsRefusedWithTheWayOut() {
    write(Texts.WHALES);
    var writes =
        List.<Consumer<LuceneIndex>>of(
            index -> index.add(Texts.WHALES),
            index -> index.replace(new TermQuery(new Term("id", "a")), List.of()),
            index -> index.delete(List.of("a")),
            index -> index.delete(new TermQuery(new Term("id", "a"))),
            LuceneIndex::commit);
    try (var index = readOnly().build()) {
      for (Consumer<LuceneIndex> write : writes) {
        assertThatThrownBy(() -> write.accept(index))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("is open read-only")
            .hasMessageContaining("open it without readOnly()");
      }
      assertThat(index.size()).isEqualTo(6);
    }
  }

  @Test
  void refreshGoesOnToTheWritersLastCommit() {
    write(Texts.WHALES);
    try (var reader = readOnly().build();
        var writer = writable().build()) {
      writer.add(List.of(Document.of("g", "whales sing")));
      reader.refresh();
      assertThat(reader.size()).as("not committed").isEqualTo(6);
      writer.commit();
      assertThat(reader.size()).as("not refreshed").isEqualTo(6);
      reader.refresh();
      assertThat(reader.size()).isEqualTo(7);
      assertThat(Texts.ids(reader.bm25().retrieve("sing", 1))).containsExactly("g");
    }
  }

  @Test
  void anotherModelIsRefused() {
    write(Texts.WHALES);
    assertThatThrownBy(
            () ->
                LuceneIndex.builder()
                    .directory(folder)
                    .embedder(new BagEmbedder("other", 32))
                    .readOnly()
                    .build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("vectors of different models do not compare");
  }

  @Test
  void anotherModelIsRefusedAlsoWhenItCameWithARefresh() {
    writable().build().close();
    try (var reader = readOnly().build()) {
      var other = new BagEmbedder("other", 32);
      try (var writer = LuceneIndex.builder().directory(folder).embedder(other).build()) {
        writer.add(Texts.WHALES);
      }
      assertThatThrownBy(reader::refresh)
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("'other'");
      assertThat(reader.size()).as("what was open stays").isZero();
    }
  }

  @Test
  void anotherProgramsIndexIsRefused() throws IOException {
    try (var directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.addDocument(new org.apache.lucene.document.Document());
    }
    assertThatThrownBy(() -> readOnly().build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("another program indexed");
  }

  @Test
  void scoresStayExactWhenAWriterBringsACoarserFormat() {
    write(List.of());
    List<Document> many = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      many.add(Document.of("d" + i, "whales w" + i + " w" + (i % 7)));
    }
    try (var reader = readOnly().build()) {
      LuceneRetriever knn = reader.knn();
      try (var writer = writable().vectors(VectorFormat.INT1).build()) {
        writer.add(many);
        writer.commit();
        reader.refresh();
        assertThat(knn.retrieve("whales w5", 3)).isEqualTo(writer.knn().retrieve("whales w5", 3));
      }
    }
  }

  /** Four programs at once, started while another process writes and commits. */
  @Test
  void fourReadersSearchBesideAWriterInAnotherProcess() throws Exception {
    try (var writer =
            ChildJvm.of(StepwiseWriter.class)
                .flags("-XX:TieredStopAtLevel=1", "-Xmx256m")
                .start(folder.toString(), "0");
        var pool = Executors.newFixedThreadPool(4)) {
      String line = writer.read();
      while (!line.equals("committed 1")) {
        writer.goOn();
        line = writer.read();
      }
      List<Callable<List<String>>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            () -> {
              try (var reader =
                  ChildJvm.of(Searching.class)
                      .flags("-XX:TieredStopAtLevel=1", "-Xmx256m")
                      .start(folder.toString())) {
                return List.of(reader.read(), reader.read());
              }
            });
      }
      for (Future<List<String>> reader : pool.invokeAll(readers)) {
        assertThat(reader.get())
            .containsExactly(
                "size " + 2 * StepwiseWriter.DOCUMENTS_A_COMMIT,
                "found " + 2 * StepwiseWriter.DOCUMENTS_A_COMMIT);
      }
    }
  }

  /** A program that searches an index beside its writer. */
  static final class Searching {

    private Searching() {}

    public static void main(String[] args) {
      try (var index =
          LuceneIndex.builder()
              .directory(Path.of(args[0]))
              .embedder(new BagEmbedder())
              .readOnly()
              .build()) {
        System.out.println("size " + index.size());
        System.out.println("found " + index.knn().retrieve("whales", 100).size());
      }
    }
  }

  @Test
  void readersComeAndGoWhileAWriterCommits() throws Exception {
    write(Texts.WHALES);
    try (var writer = writable().build();
        var pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            () -> {
              int found = 0;
              for (int opening = 0; opening < 20; opening++) {
                try (var index = readOnly().build()) {
                  index.refresh();
                  found += index.bm25().retrieve("bark", 1).size();
                }
              }
              return found;
            });
      }
      List<Future<Integer>> running = readers.stream().map(pool::submit).toList();
      for (int i = 0; i < 40; i++) {
        writer.add(List.of(Document.of("x", "whales " + i)));
        writer.commit();
      }
      for (Future<Integer> reader : running) {
        assertThat(reader.get()).isEqualTo(20);
      }
    }
  }
}
