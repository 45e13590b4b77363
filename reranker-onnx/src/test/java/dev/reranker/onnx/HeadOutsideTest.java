package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs that end before what makes a score (case h07): they run, and mean nothing. */
class HeadOutsideTest {

  @TempDir private Path directory;

  private static void assertRefused(ModelSource source, String... parts) {
    assertThatThrownBy(() -> OnnxReranker.builder().model(source).build())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @EnumSource(
      value = TinyModel.Head.class,
      names = {"TOKENS", "SENTENCE", "HALF_TOKENS"})
  void anEncoderAloneIsNoReranker(TinyModel.Head head) {
    ModelSource source = new TinyModel().head(head).in(directory);
    new ModelFolder(directory)
        .with("config.json", "{'architectures': ['ModernBertForSequenceClassification']}");
    assertRefused(source, "ends before the classification head", "--task text-classification");
  }

  @Test
  void itStaysAnEmbedder() {
    ModelSource source = new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    new ModelFolder(directory)
        .with("config.json", "{'architectures': ['BertForSequenceClassification']}");
    try (var embedder = OnnxEmbedder.builder().model(source).build()) {
      assertThat(embedder.dimension()).isEqualTo(TinyModel.WIDTH);
    }
  }

  @Test
  void aGenerativeModelIsNoCrossEncoder() {
    ModelSource source = new TinyModel().in(directory);
    new ModelFolder(directory).with("config.json", "{'architectures': ['Qwen3ForCausalLM']}");
    assertRefused(source, "architectures", "Qwen3ForCausalLM", "generative");
  }
}
