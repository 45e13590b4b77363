package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.reranker.Hit;
import dev.reranker.RerankResult;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cross-encoders of each family against transformers: pair assembly, truncation, positions, and the
 * families' kinds of tokenizers. The models are made by {@code families/make.py}.
 */
class FamiliesTest {

  static Stream<GoldenPairs> goldens() {
    String lines = new String(TinyModel.resource("families/goldens.jsonl"), StandardCharsets.UTF_8);
    return lines
        .lines()
        .map(line -> new GoldenPairs(JsonParser.parseString(line).getAsJsonObject()));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void scoresAreTheReferences(GoldenPairs golden) {
    ModelSource model = ModelSource.classpath("families/" + golden);
    try (var reranker = OnnxReranker.builder().model(model).build()) {
      RerankResult result = golden.rerank(reranker);
      golden.assertLogits(result, 1e-4);
      for (Hit hit : result.hits()) {
        assertThat(hit.truncated())
            .as("truncation of pair %d", hit.index())
            .isEqualTo(golden.truncated(hit.index()));
      }
    }
  }
}
