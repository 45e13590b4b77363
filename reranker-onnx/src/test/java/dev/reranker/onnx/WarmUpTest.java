package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.cache.CaffeineScoreCache;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What warming up runs, and what it finds out. */
class WarmUpTest {

  @TempDir private Path folder;

  private List<RecordedEvent> batches(Runnable what) throws IOException {
    Path file = folder.resolve("warm.jfr");
    try (var recording = new Recording()) {
      recording.enable("dev.reranker.Batch");
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("dev.reranker.Batch"))
        .toList();
  }

  @Test
  void eachThreadRunsItsFullestBatch() throws IOException {
    try (var reranker = OnnxReranker.builder().maxLength(128).batchTokens(512).threads(2).build()) {
      List<RecordedEvent> batches = batches(reranker::warmUp);
      // A query, and four passages of full length for each of two threads.
      assertThat(batches.stream().filter(batch -> batch.getLong("paddedTokens") == 512)).hasSize(2);
      assertThat(batches.stream().filter(batch -> batch.getLong("paddedTokens") == 512))
          .extracting(batch -> batch.getThread().getJavaName())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void nothingComesFromACache() throws IOException {
    var cache = CaffeineScoreCache.ofMost(1000);
    try (var reranker =
        OnnxReranker.builder()
            .maxLength(128)
            .cache(100_000_000)
            .scoreCache(cache)
            .threads(1)
            .build()) {
      int first = batches(reranker::warmUp).size();
      assertThat(batches(reranker::warmUp)).hasSize(first).isNotEmpty();
      assertThat(cache.statistics().hits()).isZero();
    }
  }

  @Test
  void embeddersToo() throws IOException {
    Path model = folder.resolve("model");
    new TinyModel().head(TinyModel.Head.TOKENS).in(model);
    try (var embedder =
        OnnxEmbedder.builder()
            .model(ModelSource.directory(model))
            .maxLength(64)
            .threads(1)
            .batchTokens(256)
            .build()) {
      assertThat(batches(embedder::warmUp))
          .extracting(batch -> batch.getLong("paddedTokens"))
          .containsExactly(256L);
    }
    try (var embedder =
        OnnxMultiVectorEmbedder.builder()
            .model(ModelSource.directory(model))
            .maxLength(64)
            .threads(1)
            .batchTokens(256)
            .build()) {
      assertThat(batches(embedder::warmUp))
          .extracting(batch -> batch.getLong("paddedTokens"))
          .containsExactly(256L);
    }
  }

  @Test
  void aModelThatGivesNoNumbersIsFoundOut() {
    Path model = folder.resolve("damaged");
    try (TextTokenizer tokenizer =
        TextTokenizer.load(
            ModelSource.classpath(RerankerModel.DEFAULT_MODEL).require(ModelSource.TOKENIZER))) {
      new TinyModel().poison((int) tokenizer.encode("warm", 1).ids()[0]).in(model);
    }
    try (var reranker = OnnxReranker.builder().model(ModelSource.directory(model)).build()) {
      assertThatThrownBy(reranker::warmUp)
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("NaN");
    }
  }

  @Test
  void closedAndInterruptedAreSaid() {
    var reranker = OnnxReranker.builder().maxLength(64).build();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(reranker::warmUp).isInstanceOf(CancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    reranker.warmUp();
    reranker.close();
    assertThatThrownBy(reranker::warmUp).isInstanceOf(IllegalStateException.class);
  }
}
