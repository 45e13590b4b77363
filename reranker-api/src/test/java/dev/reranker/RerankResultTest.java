package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.InferenceException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests, and results as their builder makes them. */
class RerankResultTest {

  private static final RerankRequest THREE = RerankRequest.ofTexts("q", List.of("a", "b", "c"));

  private static List<Integer> order(RerankResult result) {
    return result.hits().stream().map(Hit::index).toList();
  }

  @Test
  void aNullCandidateIsNamed() {
    assertThatThrownBy(
            () ->
                RerankRequest.of("q", Arrays.asList(Hit.of(Document.of("a", ""), "s", 1, 1), null)))
        .hasMessage("candidate 1 of 2 is null");
    assertThatThrownBy(() -> RerankRequest.ofDocuments("q", Arrays.asList((Document) null)))
        .hasMessage("document 0 of 1 is null");
  }

  @Test
  void whatIsNoNumberIsAnInferenceException() {
    for (double wrong :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> RerankResult.builder(THREE, "m").score(1, wrong))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("'m' gave " + wrong + " for candidate 1 of 3 (id '1')");
      assertThatThrownBy(() -> RerankResult.builder(THREE, "m").score(1, 0.5, wrong))
          .isInstanceOf(InferenceException.class);
    }
  }

  @Test
  void scoresOfNoCandidateAreRefused() {
    for (int wrong : new int[] {-1, 3}) {
      assertThatThrownBy(() -> RerankResult.builder(THREE, "m").score(wrong, 1))
          .isInstanceOf(InferenceException.class)
          .hasMessage("'m' scored candidate " + wrong + "; the request has 3, counted from 0");
    }
    assertThatThrownBy(() -> RerankResult.builder(THREE, "m").score(1, 1).score(1, 2))
        .hasMessage("'m' scored candidate 1 twice");
  }

  @Test
  void saturatedScoresStillRankByRawOutput() {
    RerankResult result =
        RerankResult.builder(THREE, "m").score(0, 1, 50).score(1, 1, 60).score(2, 0.5, 0).build();
    assertThat(order(result)).containsExactly(1, 0, 2);
  }

  @Test
  void zeroAndNegativeZeroAreATie() {
    RerankResult result =
        RerankResult.builder(THREE, "m").score(0, -0.0, -0.0).score(1, 0, 0).score(2, 1).build();
    assertThat(order(result)).containsExactly(2, 0, 1);
  }

  @Test
  void whatWasNotScoredStandsBehindInItsOrder() {
    RerankRequest request =
        RerankRequest.of(
            "q",
            List.of(
                Hit.of(Document.of("a", ""), "bm25", 1, 21),
                Hit.of(Document.of("b", ""), "bm25", 2, 20),
                Hit.of(Document.of("c", ""), "bm25", 3, 19),
                Hit.of(Document.of("d", ""), "bm25", 4, 18)));
    RerankResult result =
        RerankResult.builder(request, "m").score(1, -3).score(2, -1).pastDeadline().build();
    assertThat(result.hits())
        .extracting(hit -> hit.document().id() + hit.rank() + hit.scored())
        .containsExactly("c1true", "b2true", "a3false", "d4false");
    assertThat(result.hits().get(2).trail())
        .containsExactly(StageScore.of("bm25", 1, 21), StageScore.unscored("m", 3, 21));
    assertThat(result.report().scored()).isEqualTo(2);
    assertThat(result.report().skipped()).isEqualTo(2);
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
    assertThat(RerankResult.builder(request.withTopN(3), "m").score(3, -9).build().hits())
        .extracting(hit -> hit.document().id())
        .containsExactly("d", "a", "b");
  }

  @Test
  void cutPassagesAreMarkedAndCounted() {
    RerankResult result = RerankResult.builder(THREE, "m").score(2, 1).truncated(2).build();
    assertThat(result.hits().getFirst().truncated()).isTrue();
    assertThat(result.report().truncated()).isEqualTo(1);
  }

  @Test
  void paddingIsAShareOfTheComputedTokens() {
    assertThat(RerankResult.builder(THREE, "m").tokens(75, 100).build().report().paddingRatio())
        .isEqualTo(0.25);
    assertThat(RerankResult.builder(THREE, "m").build().report().paddingRatio()).isZero();
  }

  @Test
  void theThingsThemselvesComeBack() {
    record Product(String name, String blurb) {}
    Reranker longest = Reranker.of("longest", (q, texts) -> lengths(texts));
    var products = List.of(new Product("a", "x"), new Product("b", "xxx"), new Product("c", "xx"));
    assertThat(longest.rerank("q", products, Product::blurb, 2).pick(products))
        .extracting(Product::name)
        .containsExactly("b", "c");
    assertThat(order(longest.rerank("q", List.of("xx", "x", "xxx"), 2))).containsExactly(2, 0);
    assertThatThrownBy(() -> longest.rerank("q", Arrays.asList("a", null), s -> s, 1))
        .hasMessage("passage 1 of 2 is null");
  }

  private static float[] lengths(List<String> texts) {
    float[] lengths = new float[texts.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = texts.get(i).length();
    }
    return lengths;
  }

  @Test
  void aScorerThatGivesTooFewScoresIsNamed() {
    Reranker short1 = Reranker.of("short", (q, texts) -> new float[texts.size() - 1]);
    assertThatThrownBy(() -> short1.rerank("q", List.of("a", "b")))
        .isInstanceOf(InferenceException.class)
        .hasMessage("'short' gave 1 scores for 2 passages; it must give one for each");
  }

  @Test
  void aLambdaIsAReranker() {
    try (Reranker first = request -> RerankResult.builder(request, "first").score(0, 1).build()) {
      assertThat(order(first.rerank("q", List.of("a", "b")))).containsExactly(0, 1);
      assertThat(first.name()).isEqualTo("rerank");
    }
  }
}
