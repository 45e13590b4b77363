package dev.reranker.onnx.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.StubHub;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over the network, and in which state it leaves the cache (cases h02 and h03). */
class HubDownloadTest {

  private static final byte[] LARGE = Hubs.bytes(4096, 1);
  private static final String LARGE_TAG = StubHub.etag(LARGE);
  private static final String TOKEN = "hf_test";

  @TempDir private Path home;
  private final StubHub hub =
      new StubHub(Hubs.ID)
          .file("config.json", "{\"a\":1}")
          .file("onnx/model.onnx", LARGE)
          .file("empty.txt", "");

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModel.Builder model() {
    return Hubs.model(hub, home);
  }

  private Path partial() {
    return Hubs.folder(home).resolve("blobs/" + LARGE_TAG + ".reranker.incomplete");
  }

  private void leavePartial(byte[] content) throws IOException {
    Files.createDirectories(partial().getParent());
    Files.write(partial(), content);
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.walk(Hubs.folder(home))) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> Hubs.folder(home).relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void filesLieAsPythonsClientLaysThem() throws IOException {
    HubModel model = model().build();
    Path config = model.file("config.json").orElseThrow();
    Path graph = model.file("onnx/model.onnx").orElseThrow();
    assertThat(model.file("modules.json")).isEmpty();
    assertThat(model.file("empty.txt").orElseThrow()).isEmptyFile();
    assertThat(config).hasContent("{\"a\":1}");
    assertThat(graph).hasBinaryContent(LARGE);
    assertThat(model.commit()).isEqualTo(StubHub.COMMIT);
    String small = StubHub.etag("{\"a\":1}".getBytes(UTF_8));
    String empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"; // git's hash of nothing
    String snapshot = "snapshots/" + StubHub.COMMIT;
    assertThat(cached())
        .containsExactlyInAnyOrder(
            ".no_exist/" + StubHub.COMMIT + "/modules.json",
            "blobs/" + small,
            "blobs/" + LARGE_TAG,
            "blobs/" + empty,
            "refs/main",
            snapshot + "/config.json",
            snapshot + "/empty.txt",
            snapshot + "/onnx/model.onnx");
    assertThat(Hubs.folder(home).resolve("refs/main")).hasContent(StubHub.COMMIT);
    assertThat(Files.size(Hubs.folder(home).resolve("refs/main"))).isEqualTo(40);
    assertThat(Files.readSymbolicLink(config)).hasToString("../../blobs/" + small);
    assertThat(Files.readSymbolicLink(graph)).hasToString("../../../blobs/" + LARGE_TAG);
  }

  @Test
  void whereThereAreNoLinksFilesAreMoved() throws IOException {
    var variables =
        Map.of("HF_ENDPOINT", hub.endpoint().toString(), "HF_HUB_DISABLE_SYMLINKS", "1");
    Path graph = Hubs.model(home, variables).build().file("onnx/model.onnx").orElseThrow();
    assertThat(Files.isSymbolicLink(graph)).isFalse();
    assertThat(graph).hasBinaryContent(LARGE);
    assertThat(cached()).noneMatch(file -> file.startsWith("blobs"));
    hub.forget();
    assertThat(Hubs.model(home, variables).build().file("onnx/model.onnx")).contains(graph);
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void theTokenStaysAtTheHub() {
    hub.requireToken(TOKEN);
    assertThat(model().token(TOKEN).build().file("onnx/model.onnx")).isPresent();
    assertThat(hub.seen()).hasSize(4).filteredOn(StubHub.Seen::atStore).hasSize(1);
    for (StubHub.Seen request : hub.seen()) {
      assertThat(request.header("Authorization"))
          .isEqualTo(request.atStore() ? "null" : "Bearer " + TOKEN);
      assertThat(request.header("Accept-Encoding")).isEqualTo("identity");
      assertThat(request.header("Upgrade")).as("no HTTP/2 offered on http").isEqualTo("null");
    }
  }

  @Test
  void aRenamedModelIsFollowedWithTheToken() {
    hub.requireToken(TOKEN);
    String path = "/acme/tiny-rr/resolve/" + StubHub.COMMIT + "/config.json";
    for (String method : List.of("HEAD", "GET")) {
      hub.next(method + " " + path, StubHub.of(307, "Location", path + "?moved"));
    }
    assertThat(model().token(TOKEN).build().file("config.json").orElseThrow())
        .hasContent("{\"a\":1}");
  }

  @Test
  void aListIsNotFetchedFromElsewhere() {
    hub.requireToken(TOKEN);
    hub.next("/revision/main", StubHub.of(302, "Location", hub.storeEndpoint() + "/list?k=secret"));
    assertThatThrownBy(() -> model().token(TOKEN).build().files())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("another place")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining(TOKEN);
    assertThat(hub.seen()).noneMatch(StubHub.Seen::atStore);
  }

  @Test
  void aLoopOfRedirectsEnds() {
    for (int i = 0; i < 20; i++) {
      hub.next("/revision/main", StubHub.of(302, "Location", "/revision/main"));
    }
    assertThatThrownBy(() -> model().build().files())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("sends on and on")
        .hasMessageContaining("/api/models/acme/tiny-rr/revision/main")
        .hasMessageContaining(hub.endpoint() + "/revision/main");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://x/y", "http://", "http://a b/", "file:///etc/passwd"})
  void anOddTargetIsNotFollowed(String target) {
    hub.next("/revision/main", StubHub.of(302, "Location", target));
    assertThatThrownBy(() -> model().build().files())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("sends to '" + target);
  }

  @Test
  void factsAreTheHubsAndAWeakTagLosesItsMark() throws IOException {
    hub.next(
        "HEAD /acme/tiny-rr/resolve/" + StubHub.COMMIT + "/config.json",
        StubHub.of(
            200,
            "ETag",
            "W/\"" + StubHub.etag("{\"a\":1}".getBytes(UTF_8)) + '"',
            "Content-Length",
            "7"));
    assertThat(model().build().file("config.json")).isPresent();
    assertThat(cached()).contains("blobs/" + StubHub.etag("{\"a\":1}".getBytes(UTF_8)));
  }

  // h03: what answers a request for the rest

  @Test
  void theRestIsAppended() throws IOException {
    leavePartial(Arrays.copyOf(LARGE, 1500));
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
    assertThat(hub.seen().getLast().header("Range")).isEqualTo("bytes=1500-");
    assertThat(partial()).doesNotExist();
  }

  @Test
  void allOfItInsteadOfTheRestStartsAnew() throws IOException {
    leavePartial(Arrays.copyOf(LARGE, 1500));
    hub.next("store/onnx/model.onnx", exchange -> StubHub.bytes(exchange, 200, LARGE));
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
  }

  @ParameterizedTest
  @CsvSource({"200, 1500", "206, 1500", "206, 1024", "206, 0"})
  void aPartGoesWhereItSaysThatItBegins(int status, int from) throws IOException {
    leavePartial(Arrays.copyOf(LARGE, 1500));
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-4095/4096");
          StubHub.bytes(exchange, status, Arrays.copyOfRange(LARGE, from, 4096));
        });
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 2000-4095/4096", "bytes", "bytes */4096", "items 1-2/3"})
  void aPartThatDoesNotFitIsAskedForAgain(String range) throws IOException {
    leavePartial(Arrays.copyOf(LARGE, 1500));
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", range);
          StubHub.bytes(exchange, 206, Arrays.copyOfRange(LARGE, 2000, 4096));
        });
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
  }

  @Test
  void aCutAnswerIsContinued() throws IOException {
    for (int i = 0; i < 8; i++) {
      int end = 500 * (i + 1);
      hub.next(
          "store/onnx/model.onnx",
          exchange -> {
            int from = end - 500;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-4095/4096");
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, 4096 - from);
            exchange.getResponseBody().write(LARGE, from, 500);
            exchange.getResponseBody().flush();
          });
    }
    var heard = new ArrayList<Long>();
    Path graph =
        model()
            .progress(
                (file, done, total) -> {
                  assertThat(file).isEqualTo("onnx/model.onnx");
                  assertThat(total).isEqualTo(4096);
                  heard.add(done);
                })
            .build()
            .file("onnx/model.onnx")
            .orElseThrow();
    assertThat(graph).hasBinaryContent(LARGE);
    assertThat(heard).isSorted().endsWith(4096L);
    assertThat(hub.seen().stream().filter(StubHub.Seen::atStore).map(s -> s.header("Range")))
        .contains("bytes=500-", "bytes=4000-");
  }

  @Test
  void anAnswerThatIsAlwaysShortIsGivenUp() throws IOException {
    for (int i = 0; i < 100; i++) {
      hub.next(
          "store/onnx/model.onnx",
          exchange -> StubHub.bytes(exchange, 200, Arrays.copyOf(LARGE, 100)));
    }
    assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("100 of 4096 bytes arrived")
        .hasMessageContaining("attempts");
    assertThat(partial()).hasSize(100);
  }

  @Test
  void aRangeBeyondTheEndStartsAnew() throws IOException {
    leavePartial(Arrays.copyOf(LARGE, 1500));
    hub.next("store/onnx/model.onnx", StubHub.of(416));
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
    assertThat(hub.seen().getLast().header("Range")).isEqualTo("null");
  }

  @Test
  void whatAnotherFileLeftIsNeverMixedIn() throws IOException {
    leavePartial(new byte[1500]);
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
    leavePartial(new byte[5000]);
    assertThat(model().cache(home.resolve("other")).build().file("onnx/model.onnx").orElseThrow())
        .hasBinaryContent(LARGE);
  }

  @Test
  void packedAlthoughNotAskedForIsRefused() {
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          StubHub.bytes(exchange, 200, LARGE);
        });
    assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("Content-Encoding: gzip");
  }

  @Test
  void anotherContentThanTheHubSaysIsDropped() throws IOException {
    for (byte[] other : List.of(Hubs.bytes(4096, 2), Hubs.bytes(4096, 3))) {
      hub.next("store/onnx/model.onnx", exchange -> StubHub.bytes(exchange, 200, other));
      assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining(LARGE_TAG)
          .hasMessageContaining(StubHub.etag(other));
      assertThat(cached()).noneMatch(file -> file.startsWith("snapshots"));
      assertThat(Hubs.folder(home).resolve("blobs/" + LARGE_TAG)).doesNotExist();
    }
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
  }

  @Test
  void aSmallFileIsCheckedByGitsHash() {
    hub.next(
        "GET /acme/tiny-rr/resolve/" + StubHub.COMMIT + "/config.json",
        exchange -> StubHub.bytes(exchange, 200, "{\"a\":2}".getBytes(UTF_8)));
    assertThatThrownBy(() -> model().build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("has the hash");
  }

  @Test
  void moreBytesThanTheHubSaysEndTheDownload() {
    hub.next(
        "store/onnx/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // as long as it likes
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(LARGE);
          }
        });
    assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("longer than the 4096 bytes");
  }

  @Test
  void aFileLargerThanTheDiskIsRefusedAtOnce() {
    hub.next(
        "HEAD /acme/tiny-rr/resolve/" + StubHub.COMMIT + "/onnx/model.onnx",
        StubHub.of(
            302,
            "Location",
            hub.storeEndpoint() + "/x",
            "X-Linked-Etag",
            LARGE_TAG,
            "X-Linked-Size",
            "900000000000000000"));
    assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("900000000000000000 bytes")
        .hasMessageContaining("HF_HUB_CACHE");
    assertThat(hub.seen()).noneMatch(StubHub.Seen::atStore);
  }

  /** As another copy of the library in the same JVM would. */
  @Test
  void whatCannotBeLockedIsDownloadedBesideAndLeavesNothing() throws IOException {
    Path locks = home.resolve(".cache/huggingface/hub/.locks/models--acme--tiny-rr");
    Files.createDirectories(locks);
    try (FileChannel other =
            FileChannel.open(
                locks.resolve(LARGE_TAG + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = other.lock()) {
      assertThat(held.isValid()).isTrue();
      hub.next("store/onnx/model.onnx", StubHub.of(404));
      assertThatThrownBy(() -> model().build().file("onnx/model.onnx"))
          .isInstanceOf(ModelLoadException.class);
      assertThat(cached()).noneMatch(file -> file.endsWith(".incomplete"));
      assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(LARGE);
      assertThat(cached()).noneMatch(file -> file.endsWith(".incomplete"));
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    assertThatThrownBy(() -> model().cache(file).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("HF_HUB_CACHE");
  }
}
