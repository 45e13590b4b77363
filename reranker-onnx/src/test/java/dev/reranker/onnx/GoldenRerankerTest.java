package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Hit;
import dev.reranker.RerankResult;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference implementation's logits, token counts and truncation, pair by pair. */
class GoldenRerankerTest {

  private static OnnxReranker reranker;

  @BeforeAll
  static void open() {
    reranker = OnnxReranker.builder().build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  static Stream<GoldenPairs> goldens() {
    return GoldenPairs.late();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void textsMatchTheReference(GoldenPairs golden) {
    RerankResult result = golden.rerank(reranker);

    golden.assertLogits(result, 1e-4);
    for (Hit hit : result.hits()) {
      assertThat(hit.truncated())
          .as("truncation of pair %d", hit.index())
          .isEqualTo(golden.truncated(hit.index()));
    }
    int passages = IntStream.range(0, result.hits().size()).map(golden::passageTokens).sum();
    assertThat(result.report().tokens()).isEqualTo(golden.queryTokens() + passages);
    assertThat(reranker.score(golden.query(), golden.passages())).hasSize(result.hits().size());
  }

  @ParameterizedTest
  @EnumSource
  void preparedPassagesMatchTheReference(PreparedFormat format) {
    try (var prepared = OnnxReranker.builder().preparedFormat(format).build()) {
      goldens()
          .forEach(golden -> golden.assertLogits(golden.rerankPrepared(prepared), error(format)));
    }
  }

  /** How far a format may move a logit. */
  static double error(PreparedFormat format) {
    return switch (format) {
      case INT8 -> 0.05;
      case FLOAT16 -> 1e-3;
      case FLOAT32 -> 1e-4;
    };
  }
}
