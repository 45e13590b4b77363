package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Hit;
import dev.reranker.RerankResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only the passage is cut; "whale" is one token, and three special ones stand around a pair. */
class TruncationTest {

  private static final int MAX_LENGTH = 64;
  private static final int SPECIAL = 3;

  /** A quarter of the room is kept for the passage, where that is less than 32 tokens. */
  private static final int QUERY_LIMIT = MAX_LENGTH - SPECIAL - (MAX_LENGTH - SPECIAL) / 4;

  @TempDir private static Path directory;
  private static OnnxReranker reranker;

  @BeforeAll
  static void open() {
    reranker =
        OnnxReranker.builder()
            .model(new TinyModel().in(directory))
            .name("tiny")
            .maxLength(MAX_LENGTH)
            .build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  @Test
  void aPassageThatJustFitsIsWhole() {
    RerankResult result = reranker.rerank(whales(10), List.of(whales(MAX_LENGTH - SPECIAL - 10)));
    assertThat(result.hits().get(0).truncated()).isFalse();
    assertThat(result.report().tokens()).isEqualTo(MAX_LENGTH);
  }

  @Test
  void oneTokenMoreIsCutAndReported() {
    RerankResult result =
        reranker.rerank(whales(10), List.of(whales(MAX_LENGTH - SPECIAL - 10 + 1)));
    assertThat(result.hits().get(0).truncated()).isTrue();
    assertThat(result.report().tokens()).isEqualTo(MAX_LENGTH);
  }

  @Test
  void truncationIsReportedForEachResult() {
    RerankResult result =
        reranker.rerank("sleep", List.of("ocean", whales(500), "deep blue", whales(400) + "brain"));
    assertThat(result.hits())
        .allSatisfy(d -> assertThat(d.truncated()).isEqualTo(List.of(1, 3).contains(d.index())));
    assertThat(result.hits()).filteredOn(Hit::truncated).hasSize(2);
    assertThat(result.report().truncated()).isEqualTo(2);
  }

  @Test
  void theCutIsAtThePassagesEnd() {
    String start = whales(MAX_LENGTH - SPECIAL - 1);
    assertThat(reranker.score("sleep", List.of(start + "ocean brain")))
        .isEqualTo(reranker.score("sleep", List.of(start)));
  }

  @Test
  void theLongestQueryStillLeavesRoomForThePassage() {
    RerankResult result = reranker.rerank(whales(QUERY_LIMIT), List.of(whales(500)));
    assertThat(result.report().tokens()).isEqualTo(MAX_LENGTH);
  }

  @Test
  void aQueryTooLongIsRefusedWithItsLengthAndTheLimit() {
    assertThatThrownBy(() -> reranker.score(whales(QUERY_LIMIT + 1), List.of("ocean")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "query has %d tokens; 'tiny' takes %d for query and passage together, of which a query"
                    .formatted(QUERY_LIMIT + 1, MAX_LENGTH)
                + " may use %d: shorten it or choose a model with a longer window"
                    .formatted(QUERY_LIMIT));
  }

  @Test
  void aQueryOfAMegabyteIsRefusedWithoutCountingToItsEnd() {
    assertThatThrownBy(() -> reranker.score(whales(200_000), List.of("ocean")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("query has more than 100000 tokens; 'tiny' takes 64");
  }

  @Test
  void aLongModelKeepsThirtyTwoTokensForThePassage() {
    try (var longer =
        OnnxReranker.builder().model(ModelSource.directory(directory)).maxLength(512).build()) {
      int limit = 512 - SPECIAL - OnnxReranker.MIN_PASSAGE_TOKENS;
      assertThat(longer.rerank(whales(limit), List.of(whales(33))).report().truncated()).isOne();
      assertThatThrownBy(() -> longer.score(whales(limit + 1), List.of("ocean")))
          .hasMessageContaining("a query may use 477");
    }
  }

  private static String whales(int tokens) {
    return "whale ".repeat(tokens);
  }
}
