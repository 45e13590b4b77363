package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class DjlOfflineTest {

  private static final String OFFLINE = "ai.djl.offline";
  private static final String FLAVOR = "RUST_FLAVOR";
  private static final String JNA = "jna.tmpdir";
  private static final String CACHE = "ENGINE_CACHE_DIR";

  @AfterEach
  void clear() {
    System.clearProperty(OFFLINE);
    System.clearProperty(FLAVOR);
    System.clearProperty(JNA);
    System.clearProperty(CACHE);
  }

  @Test
  void djlIsOfflineDuringTheLoad() throws Exception {
    assertThat(DjlOffline.load(DjlOfflineTest::properties)).containsExactly("true", "cpu");
  }

  @Test
  void whatWasNotSetIsNotSetAfterwards() throws Exception {
    DjlOffline.load(() -> "");
    assertThat(properties()).containsExactly(null, null);
  }

  @Test
  void whatWasSetIsSetAgainAfterwards() throws Exception {
    System.setProperty(OFFLINE, "false");
    System.setProperty(FLAVOR, "cu122");
    DjlOffline.load(() -> "");
    assertThat(properties()).containsExactly("false", "cu122");
  }

  @Test
  void aFailedLoadRestoresThemToo() {
    System.setProperty(OFFLINE, "false");
    assertThatThrownBy(
            () ->
                DjlOffline.load(
                    () -> {
                      throw new IllegalStateException("no tokenizer");
                    }))
        .hasMessage("no tokenizer");
    assertThat(properties()).containsExactly("false", null);
  }

  @Test
  void jnaIsUnpackedWhereTheTokenizersAre() throws Exception {
    assertThat(DjlOffline.load(() -> System.getProperty(JNA))).isEqualTo(DjlOffline.folder());
    assertThat(System.getProperty(JNA)).isNull();
  }

  @Test
  void aFolderForJnaThatTheUserNamedStays() throws Exception {
    System.setProperty(JNA, "elsewhere");
    assertThat(DjlOffline.load(() -> System.getProperty(JNA))).isEqualTo("elsewhere");
    assertThat(System.getProperty(JNA)).isEqualTo("elsewhere");
  }

  @Test
  void jnaKeepsItsOwnFolderWhereTheTokenizersCannotBeWritten(@TempDir Path directory)
      throws Exception {
    System.setProperty(CACHE, Files.createFile(directory.resolve("file")).toString());
    assertThat(DjlOffline.load(() -> System.getProperties().containsKey(JNA))).isFalse();
  }

  private static List<String> properties() {
    return Arrays.asList(System.getProperty(OFFLINE), System.getProperty(FLAVOR));
  }
}
