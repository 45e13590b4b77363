package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Embedder;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.StageReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of many threads at once: what shares a batch, and what the flight recorder tells of it. */
@Timeout(120)
class ManyCallersTest {

  private static final int CALLERS = 16;
  private static final int CALLS = 40;

  /** Shorter and longer ones, other ones for each caller. */
  private static List<String> passages(int caller) {
    return IntStream.range(0, 3 + caller % 4)
        .mapToObj(i -> "whales sleep ".repeat(1 + (caller + i) % 5) + "ocean")
        .toList();
  }

  private static String query(int caller) {
    return "how do whales " + "sleep ".repeat(1 + caller % 3);
  }

  private static void assertSameAsAlone(OnnxReranker reranker) throws Exception {
    List<float[]> alone = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      alone.add(reranker.score(query(caller), passages(caller)));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[][]>> all = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        Callable<float[][]> calls =
            () ->
                IntStream.range(0, CALLS)
                    .mapToObj(call -> reranker.score(query(caller), passages(caller)))
                    .toArray(float[][]::new);
        all.add(threads.submit(calls));
      }
      for (int caller = 0; caller < CALLERS; caller++) {
        for (float[] scores : all.get(caller).get()) {
          assertThat(scores).hasSameSizeAs(alone.get(caller));
          for (int i = 0; i < scores.length; i++) {
            assertThat(scores[i]).isCloseTo(alone.get(caller)[i], within(1e-4f));
          }
        }
      }
    }
  }

  private static List<RecordedEvent> recorded(Path directory, Callable<?> work) throws Exception {
    Path file = directory.resolve("calls.jfr");
    try (var recording = new Recording()) {
      for (String name : List.of("Batch", "Tokenize", "QueueWait")) {
        recording.enable("dev.reranker." + name).withoutThreshold();
      }
      recording.start();
      work.call();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("dev.reranker." + name))
        .toList();
  }

  @Test
  void aCrossEncoderScoresAsIfEachCallerWereAlone(@TempDir Path directory) throws Exception {
    ModelSource model = new TinyModel().in(directory.resolve("model"));
    try (var reranker = OnnxReranker.builder().model(model).threads(2).build()) {
      List<RecordedEvent> events =
          recorded(
              directory,
              () -> {
                assertSameAsAlone(reranker);
                return null;
              });
      assertThat(named(events, "Batch")).anyMatch(event -> event.getInt("requests") > 1);
    }
  }

  @Test
  void aModelThatEncodesApartScoresAsIfEachCallerWereAlone() throws Exception {
    try (var reranker = OnnxReranker.builder().threads(2).build()) {
      assertSameAsAlone(reranker);
    }
  }

  @Test
  void whatIsRecordedAddsUpToTheReport(@TempDir Path directory) throws Exception {
    ModelSource model = new TinyModel().in(directory.resolve("model"));
    try (var reranker = OnnxReranker.builder().model(model).threads(2).build()) {
      List<RerankResult> results = new ArrayList<>();
      List<RecordedEvent> events =
          recorded(
              directory,
              () -> results.add(reranker.rerank(RerankRequest.ofTexts(query(1), passages(1)))));
      StageReport report = results.get(0).report();
      List<RecordedEvent> batches = named(events, "Batch");
      assertThat(batches.stream().mapToLong(event -> event.getLong("tokens")).sum())
          .isEqualTo(report.tokens())
          .isPositive();
      assertThat(batches.stream().mapToLong(event -> event.getLong("paddedTokens")).sum())
          .isEqualTo(report.paddedTokens());
      assertThat(named(events, "Tokenize").stream().mapToInt(event -> event.getInt("rows")).sum())
          .isEqualTo(passages(1).size());
      RecordedEvent wait = named(events, "QueueWait").get(0);
      assertThat(wait.getDuration("waited")).isEqualTo(report.waited());
      assertThat(wait.getString("model")).isEqualTo(reranker.name());
    }
  }

  @Test
  void vectorsAreThoseOfACallerAlone() throws Exception {
    try (var reranker = OnnxReranker.builder().threads(2).build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Embedder embedder = reranker.embedder().orElseThrow();
      List<Future<List<float[]>>> all = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        all.add(threads.submit(() -> embedder.embedPassages(passages(caller))));
      }
      for (int caller = 0; caller < CALLERS; caller++) {
        List<float[]> alone = embedder.embedPassages(passages(caller));
        for (int i = 0; i < alone.size(); i++) {
          assertThat(all.get(caller).get().get(i)).containsExactly(alone.get(i), within(1e-5f));
        }
      }
    }
  }
}
