package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Hit;
import dev.reranker.RerankResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A late-interaction model with other sizes, lengths, vocabulary and special tokens than the
 * default one: nothing of them is fixed in the code. It is made by {@code tiny-late/make.py}.
 */
class TinyLateModelTest {

  /** Its positions: what query and passage share as one graph. */
  private static final int POSITIONS = 48;

  static Stream<GoldenPairs> goldens() {
    return GoldenPairs.tiny();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void encodedApartItMatchesTheReference(GoldenPairs golden) {
    try (var reranker = OnnxReranker.builder().model(TestModels.tinyLate()).build()) {
      RerankResult result = golden.rerank(reranker);
      golden.assertLogits(result, 1e-4);
      for (Hit hit : result.hits()) {
        assertThat(hit.truncated())
            .as("truncation of pair %d", hit.index())
            .isEqualTo(golden.truncated(hit.index()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void asOneGraphItMatchesTheReference(GoldenPairs golden) {
    ModelSource model = ModelSource.resources("tiny-late/model.onnx", "tiny-late/tokenizer.json");
    GoldenPairs fitting = golden.within(POSITIONS);
    try (var reranker = OnnxReranker.builder().model(model).maxLength(POSITIONS).build()) {
      fitting.assertLogits(fitting.rerank(reranker), 1e-4);
    }
  }

  /** Random weights and short vectors make twice of an error what trained ones do. */
  @ParameterizedTest
  @EnumSource
  void preparedItMatchesTheReference(PreparedFormat format) {
    try (var reranker =
        OnnxReranker.builder().model(TestModels.tinyLate()).preparedFormat(format).build()) {
      goldens()
          .forEach(
              golden ->
                  golden.assertLogits(
                      golden.rerankPrepared(reranker), 2 * GoldenRerankerTest.error(format)));
    }
  }

  @Test
  void itsOwnLengthsHold() {
    try (var reranker = OnnxReranker.builder().model(TestModels.tinyLate()).build()) {
      assertThatThrownBy(() -> reranker.score("sleep ".repeat(23), List.of("sleep")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("query has 23 tokens", "22");
    }
  }
}
