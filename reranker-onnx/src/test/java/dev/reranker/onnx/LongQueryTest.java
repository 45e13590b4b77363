package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedders: a query is never cut, a passage is. */
class LongQueryTest {

  private static final int LENGTH = 16;
  private static final int SPECIAL = 2;

  @TempDir private Path directory;

  @Test
  void theLongestQueryIsEmbeddedAndALongerOneRefused() {
    ModelSource model = new TinyModel().head(TinyModel.Head.SENTENCE).in(directory);
    try (var embedder = OnnxEmbedder.builder().model(model).name("m").maxLength(LENGTH).build()) {
      assertThat(embedder.embedQuery(whales(LENGTH - SPECIAL))).hasSize(TinyModel.WIDTH);
      assertThatThrownBy(() -> embedder.embedQuery(whales(LENGTH)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "query has 16 tokens; 'm' takes 16, of which a query may use 14: shorten it or choose"
                  + " a model with a longer window");
      assertThat(embedder.embedPassages(List.of(whales(LENGTH)))).hasSize(1);
    }
  }

  @Test
  void thePromptCounts() {
    ModelSource model = new TinyModel().head(TinyModel.Head.SENTENCE).in(directory);
    try (var embedder =
        OnnxEmbedder.builder()
            .model(model)
            .name("m")
            .maxLength(LENGTH)
            .queryPrompt("ocean brain ")
            .build()) {
      assertThat(embedder.embedQuery(whales(LENGTH - SPECIAL - 2))).hasSize(TinyModel.WIDTH);
      assertThatThrownBy(() -> embedder.embedQuery(whales(LENGTH - SPECIAL - 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("query with its prompt has 15 tokens; 'm' takes 16");
    }
  }

  @Test
  void aMultiVectorEmbedderRefusesItToo() {
    ModelSource model = new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    try (var embedder =
        OnnxMultiVectorEmbedder.builder().model(model).name("m").maxLength(LENGTH).build()) {
      assertThat(embedder.embedQueryTokens(whales(LENGTH - SPECIAL))).hasSize(LENGTH - SPECIAL);
      assertThatThrownBy(() -> embedder.embedQueryTokens(whales(200_000)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("query has more than 100000 tokens; 'm' takes 16");
      assertThat(embedder.embedPassageTokens(List.of(whales(LENGTH))).get(0))
          .hasSize(LENGTH - SPECIAL);
    }
  }

  private static String whales(int tokens) {
    return "whale ".repeat(tokens);
  }
}
