package dev.reranker.onnx.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.StubHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that others wrote (case h04), and what it spares. */
class HubCacheTest {

  private static final String NEWER = "89abcdef0123456789abcdef0123456789abcdef";

  @TempDir private Path home;
  private final StubHub hub =
      new StubHub(Hubs.ID).file("config.json", "{\"of\":\"hub\"}").file("tokenizer.json", "{}");

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModel.Builder model() {
    return Hubs.model(hub, home);
  }

  private Path folder() {
    return Hubs.folder(home);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder().resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void snapshot(String file, String text) throws IOException {
    write("snapshots/" + StubHub.COMMIT + "/" + file, text);
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", " "})
  void aRefMayEndInALineEnd(String end) throws IOException {
    write("refs/main", StubHub.COMMIT + end);
    snapshot("config.json", "{}");
    List<String> before = everything();
    HubModel model = model().offline(true).build();
    assertThat(model.file("config.json").orElseThrow()).hasContent("{}");
    assertThat(model.file("modules.json")).isEmpty();
    assertThat(model.files()).containsExactly("config.json");
    assertThat(hub.seen()).isEmpty();
    assertThat(everything()).as("nothing is written").isEqualTo(before);
  }

  @Test
  void withoutRefsACommitIsFoundByItsHash() throws IOException {
    snapshot("config.json", "{}");
    assertThat(model().offline(true).revision(StubHub.COMMIT).build().file("config.json"))
        .isPresent();
    assertThatThrownBy(() -> model().offline(true).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("refs/main is missing")
        .hasMessageContaining("revision(\"" + StubHub.COMMIT + "\")");
  }

  @Test
  void aRefToNothingIsNamed() throws IOException {
    write("refs/main", NEWER);
    snapshot("config.json", "{}");
    assertThatThrownBy(() -> model().offline(true).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("refs/main says " + NEWER)
        .hasMessageContaining("snapshots/" + NEWER + " is missing")
        .hasMessageContaining("[" + StubHub.COMMIT + "]");
    assertThat(model().build().file("config.json").orElseThrow()).hasContent("{}");
    assertThat(folder().resolve("refs/main")).hasContent(StubHub.COMMIT);
  }

  @Test
  void aRefThatIsNoCommitIsNamed() throws IOException {
    write("refs/main", "<<<<<<< HEAD" + "x".repeat(1000));
    assertThatThrownBy(() -> model().offline(true).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("refs/main holds '<<<<<<< HEAD")
        .hasMessageContaining("…'");
  }

  @Test
  void offlineAndNothingThere() {
    var variables = Map.of("HF_ENDPOINT", hub.endpoint().toString(), "HF_HUB_OFFLINE", "1");
    assertThatThrownBy(() -> Hubs.model(home, variables).build().file("config.json"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("is offline")
        .hasMessageContaining(folder().toString())
        .hasMessageContaining("HF_HUB_OFFLINE");
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void aWholeSnapshotNeedsNoRequest() throws IOException {
    write("refs/main", StubHub.COMMIT);
    snapshot(".gitattributes", "");
    snapshot("config.json", "{}");
    HubModel model = model().build();
    assertThat(model.file("config.json").orElseThrow()).hasContent("{}");
    assertThat(model.file("modules.json")).isEmpty();
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void whatPythonNotedAsAbsentNeedsNoRequest() throws IOException {
    write("refs/main", StubHub.COMMIT);
    snapshot("config.json", "{}");
    write(".no_exist/" + StubHub.COMMIT + "/modules.json", "");
    HubModel model = model().build();
    assertThat(model.file("config.json")).isPresent();
    assertThat(model.file("modules.json")).isEmpty();
    assertThat(hub.seen()).isEmpty();
  }

  @Test
  void aPartOfASnapshotIsCompletedByOneRequestForAll() throws IOException {
    write("refs/main", StubHub.COMMIT);
    snapshot("config.json", "{}");
    HubModel model = model().build();
    for (String name : List.of("config.json", "modules.json", "args.json", "other.json")) {
      model.file(name);
    }
    assertThat(hub.seen()).hasSize(1);
    hub.forget();
    HubModel again = model().build();
    assertThat(again.file("config.json")).isPresent();
    assertThat(again.file("args.json")).isEmpty();
    assertThat(hub.seen()).as("noted by ours").isEmpty();
    assertThat(again.file("tokenizer.json")).isPresent();
  }

  @Test
  void aPartOfASnapshotServesWhereTheHubIsGone() throws IOException {
    write("refs/main", StubHub.COMMIT);
    snapshot("config.json", "{}");
    hub.close();
    HubModel model = model().build();
    assertThat(model.file("modules.json")).isEmpty();
    assertThat(model.file("config.json")).isPresent();
    assertThat(model.files()).containsExactly("config.json");
    assertThat(folder().resolve(".no_exist")).as("nobody knows").doesNotExist();
  }

  @Test
  void aBranchStaysWhatItWasUntilItIsRefreshed() throws IOException {
    assertThat(model().build().file("config.json")).isPresent();
    hub.commit(NEWER).file("config.json", "{\"newer\":1}");
    assertThat(model().build().file("config.json").orElseThrow()).hasContent("{\"of\":\"hub\"}");
    HubModel refreshed = model().refresh(true).build();
    assertThat(refreshed.commit()).isEqualTo(NEWER);
    assertThat(refreshed.file("config.json").orElseThrow()).hasContent("{\"newer\":1}");
    assertThat(model().build().commit()).isEqualTo(NEWER);
    hub.close();
    assertThat(model().refresh(true).build().file("config.json").orElseThrow())
        .hasContent("{\"newer\":1}");
  }

  @Test
  void aLinkToWhatIsGoneIsFetchedAgain() throws IOException {
    Path config = model().build().file("config.json").orElseThrow();
    Files.delete(config.toRealPath());
    HubModel offline = model().offline(true).build();
    assertThat(offline.file("config.json")).as("the loader names link and target").isPresent();
    assertThat(model().build().file("config.json").orElseThrow()).hasContent("{\"of\":\"hub\"}");
  }

  @Test
  void aLinkToAnUnfinishedDownloadIsNoFile() throws IOException {
    write("refs/main", StubHub.COMMIT);
    write("blobs/abc.incomplete", "{\"of\"");
    Path link = folder().resolve("snapshots/" + StubHub.COMMIT + "/config.json");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of("../../blobs/abc.incomplete"));
    assertThat(model().build().file("config.json").orElseThrow()).hasContent("{\"of\":\"hub\"}");
  }

  @Test
  void aBlobThatIsThereIsOnlyLinked() throws IOException {
    byte[] large = Hubs.bytes(600, 4);
    hub.file("onnx/model.onnx", large);
    Files.createDirectories(folder().resolve("blobs"));
    Files.write(folder().resolve("blobs/" + StubHub.etag(large)), large);
    assertThat(model().build().file("onnx/model.onnx").orElseThrow()).hasBinaryContent(large);
    assertThat(hub.seen()).noneMatch(StubHub.Seen::atStore);
  }

  @Test
  void revisionsOfPullRequestsLieWherePythonPutsThem() throws IOException {
    assertThat(model().revision("refs/pr/7").build().file("config.json")).isPresent();
    assertThat(folder().resolve("refs/refs/pr/7")).hasContent(StubHub.COMMIT);
    assertThat(hub.seen().getFirst().path()).endsWith("/revision/refs%2Fpr%2F7");
  }

  @Test
  void aCommitIsNotLookedUp() throws IOException {
    hub.next("/revision/main", StubHub.of(500));
    assertThat(model().revision(StubHub.COMMIT).build().file("config.json")).isPresent();
    assertThat(folder().resolve("refs")).doesNotExist();
    hub.forget();
    assertThat(model().revision(StubHub.COMMIT).build().file("config.json")).isPresent();
    assertThat(hub.seen()).isEmpty();
  }
}
