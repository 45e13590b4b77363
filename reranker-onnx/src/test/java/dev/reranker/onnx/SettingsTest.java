package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the builders accept and what a model says of itself. */
class SettingsTest {

  @TempDir private Path directory;

  @Test
  void threadsAreAtLeastOne() {
    assertThatThrownBy(() -> OnnxReranker.builder().threads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads is 0; it is at least 1");
  }

  @Test
  void batchTokensAreAtLeastOne() {
    assertThatThrownBy(() -> OnnxReranker.builder().batchTokens(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchTokens is 0; it is at least 1");
  }

  @Test
  void theLengthIsAtLeastEight() {
    assertThatThrownBy(() -> OnnxReranker.builder().maxLength(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxLength is 7; it is at least 8");
  }

  @Test
  void theLengthIsAtMostTheModelsPositions() {
    assertThatThrownBy(() -> OnnxReranker.builder().maxLength(513).build().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxLength is 513 tokens; 'late-l6' has 512 positions: ask for at most that");
  }

  @Test
  void theShortestLengthScores() {
    try (var reranker =
        OnnxReranker.builder().model(new TinyModel().in(directory)).maxLength(8).build()) {
      assertThat(reranker.score("whale", java.util.List.of("ocean", ""))).hasSize(2);
    }
  }

  @Test
  void aModelWhoseFilesLeaveNoRoomIsRefused() throws IOException {
    new TinyModel().in(directory);
    Files.writeString(directory.resolve("config.json"), "{\"max_position_embeddings\": 3}");
    assertThatThrownBy(
            () -> OnnxReranker.builder().model(ModelSource.directory(directory)).build().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("maxLength is 3 tokens; query and passage need at least 4");
  }

  @Test
  void aBlankNameIsRefused() {
    assertThatThrownBy(() -> OnnxReranker.builder().name(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a model's name must not be blank");
  }

  @Test
  void infoTellsWhatWasSet() {
    try (var reranker =
        OnnxReranker.builder()
            .model(new TinyModel().in(directory))
            .name("mine")
            .maxLength(100)
            .threads(3)
            .batchTokens(77)
            .build()) {
      ModelInfo info = reranker.info();
      assertThat(info.name()).isEqualTo("mine");
      assertThat(info.provider()).isEqualTo(ExecutionProvider.cpu());
      assertThat(info.maxLength()).isEqualTo(100);
      assertThat(info.threads()).isEqualTo(3);
      assertThat(info.batchTokens()).isEqualTo(77);
      assertThat(info.fingerprint()).matches("v1-[0-9a-f]{32}");
      assertThat(info).asString().contains("mine", info.fingerprint(), "CPU", "100", "77");
    }
  }

  @Test
  void theActivationOfTheBuilderGoesBeforeTheModels() throws IOException {
    new TinyModel().in(directory);
    Files.writeString(
        directory.resolve("config.json"),
        "{\"sbert_ce_default_activation_function\": \"torch.nn.Tanh\"}");
    try (var reranker =
        OnnxReranker.builder()
            .model(ModelSource.directory(directory))
            .activation(Activation.IDENTITY)
            .build()) {
      var document = reranker.rerank("whale", java.util.List.of("ocean")).hits().get(0);
      assertThat(document.score()).isEqualTo(document.raw().orElseThrow());
    }
  }
}
