package dev.reranker.onnx.outside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.onnx.ExecutionProvider;
import dev.reranker.onnx.ModelInfo;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Settings that builders inherit from hidden classes are of use in other packages. */
class BuildersFromOutsideTest {

  @Test
  void inheritedSettingsAreCalledInAnyOrder() {
    try (var reranker =
        OnnxReranker.builder()
            .name("mine")
            .threads(1)
            .batchTokens(64)
            .executionProviders(ExecutionProvider.cpu())
            .queryPrompt("")
            .maxLength(100)
            .build()) {
      ModelInfo info = reranker.info();
      assertThat(info.name()).isEqualTo("mine");
      assertThat(info.maxLength()).isEqualTo(100);
    }
  }

  @Test
  void theyAreMethodReferencesToo() {
    BiFunction<OnnxEmbedder.Builder, String, OnnxEmbedder.Builder> prompt =
        OnnxEmbedder.Builder::queryPrompt;
    OnnxEmbedder.Builder builder = OnnxEmbedder.builder();
    assertThat(prompt.apply(builder, "query: ").threads(2)).isSameAs(builder);
  }
}
