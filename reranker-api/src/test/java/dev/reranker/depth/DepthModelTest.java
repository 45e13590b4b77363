package dev.reranker.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.ScoreCombiner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DepthModelTest {

  private static RerankResult result(int candidates, IntToDoubleFunction score) {
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < candidates; i++) {
      hits.add(Hit.of(Document.of("d" + i, "text"), "first", i + 1, 1));
    }
    RerankResult.Builder result = RerankResult.builder(RerankRequest.of("query", hits), "model");
    for (int i = 0; i < candidates; i++) {
      result.score(i, score.applyAsDouble(i), score.applyAsDouble(i));
    }
    return result.build();
  }

  /** Scores of known parameters. */
  private static List<RerankResult> drawn(
      int queries, double level, double slope, double between, double within, Random random) {
    List<RerankResult> results = new ArrayList<>();
    for (int i = 0; i < queries; i++) {
      double offset = between * random.nextGaussian();
      double[] scores =
          IntStream.range(0, 80)
              .mapToDouble(
                  rank ->
                      level
                          + offset
                          - slope * Tail.log2(rank + 2.0)
                          + within * random.nextGaussian())
              .toArray();
      results.add(result(80, rank -> scores[rank]));
    }
    return results;
  }

  @Test
  void theParametersThatMadeTheScoresAreFound() {
    var random = new Random(3);
    DepthModel model =
        DepthModel.fit(drawn(2000, 2, 0.7, 1.5, 0.5, random), ScoreCombiner.replace());
    assertThat(model.curve().expected(0)).isEqualTo(2, within(0.1));
    assertThat(model.curve().expected(0) - model.curve().expected(1)).isEqualTo(0.7, within(0.01));
    // Within and between: 0.25 / 2.25.
    assertThat(1 / model.curve().offset(1, 0)).isEqualTo(0.111, within(0.01));
  }

  @Test
  void theTailIsThatOfTheNormalDistribution() {
    var random = new Random(4);
    double[] drawn = random.doubles(200_000).map(ignored -> random.nextGaussian()).toArray();
    Tail tail = Tail.of(drawn);
    assertThat(tail.above(0.1)).isEqualTo(0.4602, within(0.01));
    assertThat(tail.above(1)).isEqualTo(0.1587, within(0.005));
    assertThat(tail.above(2)).isEqualTo(0.02275, within(0.002));
    assertThat(tail.above(3)).isEqualTo(0.00135, within(0.0004));
    assertThat(tail.above(9)).isEqualTo(1 / 200_001.0, within(1e-9));
    assertThat(tail.above(-1)).isEqualTo(1);
  }

  @Test
  void theTailNeverRisesAndNeverEnds() {
    for (int observed : new int[] {1, 2, 3, 5, 17, 1000}) {
      double[] equal = new double[observed];
      Arrays.fill(equal, observed / 2, observed, 1.0);
      Tail tail = Tail.of(equal);
      double last = 1;
      for (double x = -1; x <= 2; x += 0.01) {
        double above = tail.above(x);
        assertThat(above).isGreaterThan(0).isLessThanOrEqualTo(last);
        last = above;
      }
    }
  }

  @Test
  void textIsReadAgain() {
    DepthModel model =
        DepthModel.fit(drawn(60, 1, 0.5, 1, 1, new Random(6)), ScoreCombiner.replace());
    DepthModel again = DepthModel.parse(model.text() + "\n");
    assertThat(again.text()).isEqualTo(model.text());
    for (double limit : new double[] {-3, 0, 1, 4, 100}) {
      assertThat(again.curve().above(limit, 0.3, 11, 100))
          .isEqualTo(model.curve().above(limit, 0.3, 11, 100));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "depth-model 2 level 1 slope 1 shrink 1 observed 4 tail 0 1 2 3 4",
        "depth-model 1 level x slope 1 shrink 1 observed 4 tail 0 1 2 3 4",
        "depth-model 1 level NaN slope 1 shrink 1 observed 4 tail 0 1 2 3 4",
        "depth-model 1 level 1 slope 1 shrink -1 observed 4 tail 0 1 2 3 4",
        "depth-model 1 level 1 slope 1 shrink 1 observed 4 tail 0 1 2 3",
        "depth-model 1 level 1 slope 1 shrink 1 observed 4 tail 0 1 3 2 4",
        "depth-model 1 level 1 slope 1 shrink 1 observed 4 tail 0 1 2 3 Infinity",
        "depth-model 1 level 1 slope 1 shrink 1 observed 4 tail",
        "depth-model 1 level 1 slope 1 shrink 1 observed 99999999999999999999 tail 0",
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> DepthModel.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no depth model")
        .hasMessageContaining("fit one anew");
  }

  @Test
  void aMessageDoesNotShowALongText() {
    assertThatThrownBy(() -> DepthModel.parse("x".repeat(1_000_000)))
        .hasMessageMatching("(?s).{1,200}");
  }

  @Test
  void fewQueriesAreRefused() {
    List<RerankResult> few = drawn(19, 1, 1, 1, 1, new Random(1));
    assertThatThrownBy(() -> DepthModel.fit(few, ScoreCombiner.replace()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("19 of the 19 results")
        .hasMessageContaining("needs 20");
  }

  @Test
  void queriesOfFewCandidatesDoNotCount() {
    List<RerankResult> results = new ArrayList<>(drawn(19, 1, 1, 1, 1, new Random(1)));
    results.add(result(10, i -> -i));
    assertThatThrownBy(() -> DepthModel.fit(results, ScoreCombiner.replace()))
        .hasMessageContaining("19 of the 20 results");
  }

  @Test
  void scoresThatTellNothingAreRefused() {
    List<RerankResult> equal = IntStream.range(0, 30).mapToObj(i -> result(50, r -> 1.5)).toList();
    assertThatThrownBy(() -> DepthModel.fit(equal, ScoreCombiner.replace()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tells nothing apart");
  }

  @Test
  void combinersThatLookAtTheOthersAreRefused() {
    List<RerankResult> results = drawn(30, 1, 1, 1, 1, new Random(1));
    for (ScoreCombiner others : List.of(ScoreCombiner.rrf(), ScoreCombiner.weighted(0.5))) {
      assertThatThrownBy(() -> DepthModel.fit(results, others))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("take rankPrior(..) or replace()");
    }
  }

  @Test
  void whatWasNotScoredIsLeftOut() {
    List<RerankResult> results = new ArrayList<>();
    var random = new Random(8);
    for (int query = 0; query < 200; query++) {
      List<Hit> hits = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        hits.add(Hit.of(Document.of("d" + i, "text"), "first", i + 1, 1));
      }
      RerankResult.Builder result = RerankResult.builder(RerankRequest.of("query", hits), "model");
      for (int i = 0; i < 80; i += 2) {
        result.score(i, -0.7 * Tail.log2(i + 2.0) + random.nextGaussian());
      }
      results.add(result.build());
    }
    DepthModel model = DepthModel.fit(results, ScoreCombiner.replace());
    assertThat(model.curve().expected(0) - model.curve().expected(1)).isEqualTo(0.7, within(0.1));
  }
}
