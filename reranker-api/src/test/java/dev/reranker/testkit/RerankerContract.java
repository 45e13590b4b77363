package dev.reranker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.SearchContext;
import dev.reranker.StageReport;
import dev.reranker.StageScore;
import dev.reranker.error.CancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link Reranker} promises; each implementation's test extends this. */
public abstract class RerankerContract {

  /** How far the same pair's scores may lie apart. */
  private static final double SAME_SCORE = 1e-4;

  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES =
      List.of(
          "Blue whales are the largest animals that have ever lived.",
          "Whales rest one half of the brain at a time.",
          "",
          "Sleep apnea is a disorder in which breathing stops and starts.",
          "Lone surrogate \ud83d, a zero \u0000 and an emoji 🐋.");

  /** A new reranker, which the test closes. */
  protected abstract Reranker open();

  @Test
  void everyPassageComesBackOnceBestFirst() {
    try (Reranker reranker = open()) {
      List<Hit> ranked = reranker.rerank(QUERY, PASSAGES).hits();
      assertThat(ranked).extracting(Hit::index).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      assertThat(ranked).extracting(Hit::rank).containsExactly(1, 2, 3, 4, 5);
      assertThat(ranked).isSortedAccordingTo(Comparator.comparingDouble(Hit::score).reversed());
      for (Hit document : ranked) {
        assertThat(document.scored()).isTrue();
        assertThat(document.raw()).isPresent();
        assertThat(document.document().text()).isEqualTo(PASSAGES.get(document.index()));
      }
    }
  }

  @Test
  void itsScoresCanBeJoinedAsItAsks() {
    try (Reranker reranker = open()) {
      List<Hit> ranked = reranker.rerank(QUERY, PASSAGES).hits();
      assertThat(reranker.combiner().combined(ranked)).hasSameSizeAs(ranked);
    }
  }

  @Test
  void anEmptyListGivesAnEmptyResult() {
    try (Reranker reranker = open()) {
      RerankResult result = reranker.rerank(QUERY, List.of());
      assertThat(result.hits()).isEmpty();
      assertThat(result.report().scored()).isZero();
    }
  }

  @Test
  void scoresDoNotDependOnTheNeighbours() {
    try (Reranker reranker = open()) {
      List<Hit> together = reranker.rerank(QUERY, PASSAGES).hits();
      for (Hit document : together) {
        Hit alone = reranker.rerank(QUERY, List.of(PASSAGES.get(document.index()))).hits().get(0);
        assertThat(alone.raw().orElseThrow())
            .isCloseTo(
                document.raw().orElseThrow(), org.assertj.core.api.Assertions.within(SAME_SCORE));
      }
    }
  }

  @Test
  void topNIsThePrefixOfTheWholeOrder() {
    try (Reranker reranker = open()) {
      RerankRequest all = RerankRequest.ofTexts(QUERY, PASSAGES);
      assertThat(indices(reranker.rerank(all.withTopN(2))))
          .isEqualTo(indices(reranker.rerank(all)).subList(0, 2));
    }
  }

  @Test
  void equalScoresKeepFirstStageOrderThenIdOrder() {
    try (Reranker reranker = open()) {
      var candidates = new ArrayList<Hit>();
      candidates.add(Hit.of(Document.of("b", "same text"), "first", 2, 0.5));
      candidates.add(Hit.of(Document.of("c", "same text"), "first", 1, 0.9));
      candidates.add(Hit.of(Document.of("a", "same text"), "first", 2, 0.5));
      assertThat(reranker.rerank(RerankRequest.of(QUERY, candidates)).hits())
          .extracting(d -> d.document().id())
          .containsExactly("c", "a", "b");
    }
  }

  @Test
  void theFirstStageIsRemembered() {
    try (Reranker reranker = open()) {
      Hit candidate = Hit.of(Document.of("a", "text"), "bm25", 7, 12.5);
      Hit ranked = reranker.rerank(RerankRequest.of(QUERY, List.of(candidate))).hits().get(0);
      assertThat(ranked.earlier()).containsExactly(StageScore.of("bm25", 7, 12.5));
      assertThat(ranked.stage()).isEqualTo(reranker.name());
    }
  }

  @Test
  void argumentsAreNotChangedAndResultsAreImmutable() {
    try (Reranker reranker = open()) {
      var passages = new ArrayList<>(PASSAGES);
      RerankResult result = reranker.rerank(QUERY, passages);
      assertThat(passages).isEqualTo(PASSAGES);
      assertThatThrownBy(() -> result.hits().remove(0))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void aNullPassageIsNamed() {
    try (Reranker reranker = open()) {
      assertThatThrownBy(() -> reranker.rerank(QUERY, Arrays.asList("a", null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("passage 1 of 2 is null");
    }
  }

  @Test
  void aBlankQueryIsRefused() {
    try (Reranker reranker = open()) {
      assertThatThrownBy(() -> reranker.rerank(" \n", PASSAGES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("blank");
    }
  }

  @Test
  void aCancelledCallIsNotAnswered() {
    try (Reranker reranker = open()) {
      SearchContext context = SearchContext.create();
      context.cancel();
      assertThatThrownBy(
              () -> reranker.rerank(RerankRequest.ofTexts(QUERY, PASSAGES).withContext(context)))
          .isInstanceOf(CancelledException.class);
    }
  }

  @Test
  void aDeadlineThatHasPassedLeavesTheOrderAsItWas() {
    try (Reranker reranker = open()) {
      SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
      RerankResult result =
          reranker.rerank(RerankRequest.ofTexts(QUERY, PASSAGES).withContext(late));
      assertThat(indices(result)).containsExactly(0, 1, 2, 3, 4);
      assertThat(result.hits()).noneMatch(Hit::scored);
      assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
      assertThat(result.report().skipped()).isEqualTo(5);
    }
  }

  @Test
  void closeIsIdempotentAndFinal() {
    Reranker reranker = open();
    reranker.close();
    assertThatCode(reranker::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> reranker.rerank(QUERY, PASSAGES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void threadsGetTheSameScores() {
    try (Reranker reranker = open()) {
      List<Integer> expected = indices(reranker.rerank(QUERY, PASSAGES));
      IntStream.range(0, 16)
          .parallel()
          .forEach(i -> assertThat(indices(reranker.rerank(QUERY, PASSAGES))).isEqualTo(expected));
    }
  }

  private static List<Integer> indices(RerankResult result) {
    return result.hits().stream().map(Hit::index).toList();
  }
}
