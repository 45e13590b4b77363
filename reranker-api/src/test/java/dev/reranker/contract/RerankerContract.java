package dev.reranker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.RankedDocument;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.StageScore;
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
      List<RankedDocument> ranked = reranker.rerank(QUERY, PASSAGES).documents();
      assertThat(ranked).extracting(RankedDocument::index).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      assertThat(ranked).extracting(RankedDocument::rank).containsExactly(1, 2, 3, 4, 5);
      assertThat(ranked)
          .isSortedAccordingTo(Comparator.comparingDouble(RankedDocument::score).reversed());
      for (RankedDocument document : ranked) {
        assertThat(document.scored()).isTrue();
        assertThat(document.logit()).isNotNaN();
        assertThat(document.document().text()).isEqualTo(PASSAGES.get(document.index()));
      }
    }
  }

  @Test
  void anEmptyListGivesAnEmptyResult() {
    try (Reranker reranker = open()) {
      RerankResult result = reranker.rerank(QUERY, List.of());
      assertThat(result.documents()).isEmpty();
      assertThat(result.stats().scored()).isZero();
    }
  }

  @Test
  void scoresDoNotDependOnTheNeighbours() {
    try (Reranker reranker = open()) {
      List<RankedDocument> together = reranker.rerank(QUERY, PASSAGES).documents();
      for (RankedDocument document : together) {
        RankedDocument alone =
            reranker.rerank(QUERY, List.of(PASSAGES.get(document.index()))).documents().get(0);
        assertThat((double) alone.logit())
            .isCloseTo(document.logit(), org.assertj.core.api.Assertions.within(SAME_SCORE));
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
      var candidates = new ArrayList<Candidate>();
      candidates.add(Candidate.of(Document.of("b", "same text"), "first", 2, 0.5));
      candidates.add(Candidate.of(Document.of("c", "same text"), "first", 1, 0.9));
      candidates.add(Candidate.of(Document.of("a", "same text"), "first", 2, 0.5));
      assertThat(reranker.rerank(RerankRequest.of(QUERY, candidates)).documents())
          .extracting(d -> d.document().id())
          .containsExactly("c", "a", "b");
    }
  }

  @Test
  void theFirstStageIsRemembered() {
    try (Reranker reranker = open()) {
      Candidate candidate = Candidate.of(Document.of("a", "text"), "bm25", 7, 12.5);
      RankedDocument ranked =
          reranker.rerank(RerankRequest.of(QUERY, List.of(candidate))).documents().get(0);
      assertThat(ranked.earlier()).containsExactly(new StageScore("bm25", 7, 12.5));
      assertThat(ranked.candidate().current().stage()).isEqualTo(reranker.name());
    }
  }

  @Test
  void argumentsAreNotChangedAndResultsAreImmutable() {
    try (Reranker reranker = open()) {
      var passages = new ArrayList<>(PASSAGES);
      RerankResult result = reranker.rerank(QUERY, passages);
      assertThat(passages).isEqualTo(PASSAGES);
      assertThatThrownBy(() -> result.documents().remove(0))
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
    return result.documents().stream().map(RankedDocument::index).toList();
  }
}
