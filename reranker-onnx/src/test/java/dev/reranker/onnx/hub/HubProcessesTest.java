package dev.reranker.onnx.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import dev.reranker.testkit.StubHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes and threads that want the same file, and one that is killed on the way. */
@Timeout(120)
class HubProcessesTest {

  private static final byte[] LARGE = Hubs.bytes(3_000_000, 5);

  @TempDir private Path home;
  private final StubHub hub = new StubHub(Hubs.ID).file("onnx/model.onnx", LARGE);
  private final CountDownLatch testIsOver = new CountDownLatch(1);

  @AfterEach
  void stop() {
    testIsOver.countDown();
    hub.close();
  }

  @Test
  void aKilledDownloadIsResumedByTheNextProcess() throws Exception {
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, LARGE.length);
          exchange.getResponseBody().write(LARGE, 0, 2_000_000);
          exchange.getResponseBody().flush();
          try {
            testIsOver.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (var child = ChildJvm.of(Child.class).start(hub.endpoint().toString(), home.toString())) {
      for (String line = child.read(); Long.parseLong(line) < 1_000_000; line = child.read()) {}
    }
    assertThat(blobs()).singleElement().asString().endsWith(".incomplete");
    Path graph = Hubs.model(hub, home).build().file("onnx/model.onnx").orElseThrow();
    assertThat(graph).hasBinaryContent(LARGE);
    assertThat(hub.seen().getLast().header("Range")).matches("bytes=[1-9]\\d{6}-");
    assertThat(blobs()).singleElement().asString().endsWith(StubHub.etag(LARGE));
  }

  @Test
  void twoProcessesDownloadOnce() throws Exception {
    var threads = Executors.newFixedThreadPool(2);
    try (threads) {
      List<Future<String>> children =
          IntStream.range(0, 2)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              ChildJvm.of(Child.class)
                                  .run(hub.endpoint().toString(), home.toString())))
              .toList();
      for (Future<String> child : children) {
        assertThat(child.get()).endsWith("whole\n");
      }
    }
    assertThat(hub.seen()).filteredOn(StubHub.Seen::atStore).hasSize(1);
    assertThat(blobs()).singleElement().asString().endsWith(StubHub.etag(LARGE));
  }

  @Test
  void manyThreadsDownloadOnce() throws Exception {
    var threads = Executors.newFixedThreadPool(8);
    try (threads) {
      List<Future<Path>> paths =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              Hubs.model(hub, home).build().file("onnx/model.onnx").orElseThrow()))
              .toList();
      for (Future<Path> path : paths) {
        assertThat(path.get()).hasBinaryContent(LARGE);
      }
    }
    assertThat(hub.seen()).filteredOn(StubHub.Seen::atStore).hasSize(1);
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> files = Files.list(Hubs.folder(home).resolve("blobs"))) {
      return files.toList();
    }
  }

  static final class Child {
    public static void main(String[] arguments) throws IOException {
      Path file =
          Hubs.model(Path.of(arguments[1]), Map.of("HF_ENDPOINT", arguments[0]))
              .progress((name, done, total) -> System.out.println(done))
              .build()
              .file("onnx/model.onnx")
              .orElseThrow();
      System.out.println(
          java.util.Arrays.equals(Files.readAllBytes(file), LARGE) ? "whole" : "not whole");
    }
  }
}
