package dev.reranker.onnx.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.StubHub;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the hub says instead of an answer, or does not say. */
@Timeout(60)
class HubRefusalTest {

  private static final String LIST = "/revision/main";
  private static final String FILE = "/resolve/" + StubHub.COMMIT + "/config.json";

  @TempDir private Path home;
  private final StubHub hub = new StubHub(Hubs.ID).file("config.json", "{}");
  private final CountDownLatch testIsOver = new CountDownLatch(1);

  @AfterEach
  void stop() {
    testIsOver.countDown();
    hub.close();
  }

  private HubModel.Builder model() {
    return Hubs.model(hub, home);
  }

  @ParameterizedTest
  @CsvSource({
    "401, '', 401: it is not there or private or gated: if it is there set HF_TOKEN",
    "401, RepoNotFound, 401 (RepoNotFound): it is not there or private or gated: if it is there set"
        + " HF_TOKEN",
    "403, GatedRepo, 403 (GatedRepo): accept the terms at the model's page and set HF_TOKEN",
    "404, RevisionNotFound, 404 (RevisionNotFound): there is no such branch tag or commit",
    "404, RepoNotFound, 404 (RepoNotFound): there is no such model",
    "404, '', 404: there is no such model",
    "404, EntryNotFound, 404 (EntryNotFound): there is no such file in this revision",
    "400, '', 400",
    "410, '', 410"
  })
  void eachStatusSaysWhatToDo(int status, String code, String expected) {
    String[] headers = code.isEmpty() ? new String[0] : new String[] {"X-Error-Code", code};
    hub.next(LIST, StubHub.of(status, headers));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("acme/tiny-rr")
        .hasMessageContaining(hub.endpoint() + "/api/models/acme/tiny-rr/revision/main")
        .message()
        .satisfies(message -> assertThat(message.replace(",", "")).contains(expected));
    assertThat(hub.seen()).as("not asked again").hasSize(1);
  }

  @Test
  void aFileMayBeRefusedThatTheListHas() {
    hub.next("HEAD /acme/tiny-rr" + FILE, StubHub.of(403, "X-Error-Code", "GatedRepo"));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("config.json of model acme/tiny-rr")
        .hasMessageContaining("accept the terms");
    hub.next("GET /acme/tiny-rr" + FILE, StubHub.of(404));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("404");
  }

  @Test
  void aTokenThatDoesNotHelpIsSaidAndNotShown() {
    hub.requireToken("hf_right");
    assertThatThrownBy(() -> model().token("hf_wrong").build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("or the token cannot read it")
        .hasMessageNotContaining("hf_wrong");
    assertThat(model().token("hf_right").build().file("config.json")).isPresent();
  }

  @Test
  void whatAServerSaysIsShownWithoutControlCharacters() {
    hub.next(LIST, StubHub.of(418, "X-Error-Message", "tea" + "x".repeat(300)));
    assertThatThrownBy(() -> model().build().files())
        .hasMessageContaining("418 teax")
        .hasMessageEndingWith("x…");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void whatPassesIsAskedForAgain(int status) {
    hub.next(LIST, StubHub.of(status)).next(LIST, StubHub.of(status));
    hub.next("HEAD /acme/tiny-rr" + FILE, StubHub.of(status));
    hub.next("GET /acme/tiny-rr" + FILE, StubHub.of(status));
    assertThat(model().build().file("config.json").orElseThrow()).hasContent("{}");
    assertThat(hub.seen()).hasSize(7);
  }

  @Test
  void whatDoesNotPassIsGivenUp() {
    for (int i = 0; i < 20; i++) {
      hub.next(LIST, StubHub.of(503));
    }
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("503")
        .hasMessageContaining("5 attempts");
    assertThat(hub.seen()).hasSize(5);
  }

  @Test
  void retryAfterIsWaited() {
    hub.next(LIST, StubHub.of(429, "Retry-After", "1"));
    String inTwoSeconds =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2));
    hub.next("HEAD /acme/tiny-rr" + FILE, StubHub.of(503, "Retry-After", inTwoSeconds));
    hub.next("GET /acme/tiny-rr" + FILE, StubHub.of(503, "Retry-After", "soon"));
    long start = System.nanoTime();
    assertThat(model().build().file("config.json")).isPresent();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
  }

  @Test
  void aLongRetryAfterIsSaidAtOnce() {
    hub.next(LIST, StubHub.of(429, "Retry-After", "3600"));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("429")
        .hasMessageContaining("wait 3600 s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>captive portal</html>",
        "",
        "[]",
        "{}",
        "{\"sha\":\"x\",\"siblings\":[]}",
        "{\"sha\":1,\"siblings\":[]}",
        "{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":{}}"
      })
  void anAnswerThatIsNoList(String answer) {
    hub.next(LIST, exchange -> StubHub.bytes(exchange, 200, answer.getBytes(UTF_8)));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("/api/models/acme/tiny-rr/revision/main");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/x", "C:x", "..\\\\x", "\\\\\\\\host\\\\x", "a/../../x", "a\\u0000b"})
  void aListWithANameThatLeavesTheFolder(String name) {
    String list =
        "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"config.json\"},{\"rfilename\":\"%s\"}]}"
            .formatted(StubHub.COMMIT, name);
    hub.next(LIST, exchange -> StubHub.bytes(exchange, 200, list.getBytes(UTF_8)));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("nothing was read or written");
    assertThat(Hubs.folder(home).resolve("blobs")).doesNotExist();
  }

  @Test
  void aListWithoutEndIsRefused() {
    hub.next(
        LIST,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] part = new byte[1 << 20];
          for (int i = 0; i < 100; i++) {
            exchange.getResponseBody().write(part);
          }
        });
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("longer than 32 MB");
  }

  @Test
  void aStalledStreamIsLeftAndContinued() {
    byte[] large = Hubs.bytes(4096, 7);
    hub.file("onnx/model.onnx", large);
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, 4096);
          exchange.getResponseBody().write(large, 0, 1000);
          exchange.getResponseBody().flush();
          await(testIsOver);
        });
    var variables =
        Map.of("HF_ENDPOINT", hub.endpoint().toString(), "HF_HUB_DOWNLOAD_TIMEOUT", "1");
    assertThat(Hubs.model(home, variables).build().file("onnx/model.onnx").orElseThrow())
        .hasBinaryContent(large);
    assertThat(hub.seen().getLast().header("Range")).isEqualTo("bytes=1000-");
  }

  @Test
  void aSlowStreamIsWaitedFor() {
    byte[] large = Hubs.bytes(600, 7);
    hub.file("onnx/model.onnx", large);
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, 600);
          for (int i = 0; i < 6; i++) {
            exchange.getResponseBody().write(large, i * 100, 100);
            exchange.getResponseBody().flush();
            pause(400);
          }
        });
    var variables =
        Map.of("HF_ENDPOINT", hub.endpoint().toString(), "HF_HUB_DOWNLOAD_TIMEOUT", "1");
    assertThat(Hubs.model(home, variables).build().file("onnx/model.onnx").orElseThrow())
        .hasBinaryContent(large);
    assertThat(hub.seen()).filteredOn(StubHub.Seen::atStore).hasSize(1);
  }

  @Test
  void aHubThatDoesNotAnswerEnds() {
    for (int i = 0; i < 5; i++) {
      hub.next(LIST, exchange -> await(testIsOver));
    }
    var variables =
        Map.of(
            "HF_ENDPOINT", hub.endpoint().toString(),
            "HF_HUB_ETAG_TIMEOUT", "1",
            "HF_HUB_DOWNLOAD_TIMEOUT", "1");
    assertThatThrownBy(() -> Hubs.model(home, variables).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("cannot be asked for");
  }

  @Test
  void nobodyThere() {
    URI nobody = hub.endpoint();
    hub.close();
    assertThatThrownBy(() -> model().endpoint(nobody).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("cannot be asked for")
        .hasMessageContaining(nobody.toString())
        .hasMessageContaining("proxy");
  }

  @Test
  void anInterruptEndsADownloadAndIsKept() throws InterruptedException {
    byte[] large = Hubs.bytes(4096, 7);
    hub.file("onnx/model.onnx", large);
    var under = new CountDownLatch(1);
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, 4096);
          exchange.getResponseBody().write(large, 0, 1000);
          exchange.getResponseBody().flush();
          under.countDown();
          await(testIsOver);
        });
    var failure = new AtomicReference<Throwable>();
    var interrupted = new AtomicReference<Boolean>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    model().build().file("onnx/model.onnx");
                  } catch (RuntimeException e) {
                    failure.set(e);
                    interrupted.set(Thread.currentThread().isInterrupted());
                  }
                });
    under.await();
    thread.interrupt();
    thread.join();
    assertThat(failure.get())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("interrupted");
    assertThat(interrupted.get()).isTrue();
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(large);
  }

  @Test
  void aListenerThatThrowsFailsTheDownload() {
    assertThatThrownBy(
            () ->
                model()
                    .progress(
                        (file, done, total) -> {
                          throw new IllegalStateException("no terminal");
                        })
                    .build()
                    .file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasStackTraceContaining("no terminal");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
