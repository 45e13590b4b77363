package dev.reranker.benchmarks;

import dev.reranker.Document;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.lucene.PreparedSize;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Makes a {@link LuceneIndex} of texts on disk, up to its commit: what a prepared index costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class IndexingBenchmark {

  /** What is kept of each text besides its words. */
  public enum Kept {
    /** The vector of the default model's embedder. */
    VECTOR("vector of the default model"),
    /** The same, and the prepared passage. */
    VECTOR_AND_PREPARED("vector and prepared passage of the default model"),
    /** The vector of all-MiniLM-L6-v2, first 256 tokens. */
    MINILM_VECTOR("vector of all-MiniLM-L6-v2");

    private final String title;

    Kept(String title) {
      this.title = title;
    }

    /** How tables call it. */
    String title() {
      return title;
    }
  }

  /** Documents in the index. */
  @Param("1000")
  public int documents;

  /** What is kept of each. */
  @Param public Kept kept;

  private List<Document> texts;
  private OnnxReranker reranker;
  private OnnxEmbedder embedder;
  private Path path;

  /** Made by JMH. */
  public IndexingBenchmark() {}

  /**
   * Reads the texts and loads the models.
   *
   * @throws IOException if that fails
   */
  @Setup
  public void load() throws IOException {
    Facts.clear();
    List<String> passages = RetrievalData.texts(documents);
    texts =
        IntStream.range(0, documents).mapToObj(i -> Document.of("d" + i, passages.get(i))).toList();
    reranker = OnnxReranker.builder().build();
    embedder =
        OnnxEmbedder.builder()
            .model(ModelSource.resources(RetrievalData.MODEL, RetrievalData.TOKENIZER))
            .maxLength(256)
            .build();
    Facts.put("documents", documents);
  }

  /**
   * Makes an empty folder.
   *
   * @throws IOException if that fails
   */
  @Setup(Level.Invocation)
  public void folder() throws IOException {
    path = Files.createTempDirectory(RetrievalData.work(), "indexing");
  }

  /**
   * Indexes all texts.
   *
   * @return what is prepared of them
   */
  @Benchmark
  public PreparedSize index() {
    LuceneIndex.Builder builder = LuceneIndex.builder().directory(path);
    switch (kept) {
      case VECTOR -> builder.embedder(reranker.embedder().orElseThrow());
      case VECTOR_AND_PREPARED -> builder.prepare(reranker);
      case MINILM_VECTOR -> builder.embedder(embedder);
    }
    try (LuceneIndex index = builder.build()) {
      index.add(texts);
      return index.preparedSize();
    }
  }

  /**
   * Notes the index's size and deletes it.
   *
   * @throws IOException if that fails
   */
  @TearDown(Level.Invocation)
  public void size() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      Facts.put("index bytes", bytes);
    }
    ModelFiles.delete(path);
  }

  /** Closes the models. */
  @TearDown
  public void close() {
    embedder.close();
    reranker.close();
  }
}
