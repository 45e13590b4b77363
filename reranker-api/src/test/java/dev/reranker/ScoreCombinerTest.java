package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoreCombinerTest {

  private final List<Hit> hits = hits(new double[] {10, 5, 0}, new double[] {-1, 3, 1});

  /** Hits that one stage gave the first scores, in this order, and a reranker the others. */
  private static List<Hit> hits(double[] before, double[] now) {
    List<Integer> order =
        IntStream.range(0, now.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -now[i]))
            .toList();
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < now.length; i++) {
      hits.add(
          Hit.of(Document.of("d" + i, ""), "before", i + 1, before[i])
              .then(StageScore.of("now", order.indexOf(i) + 1, now[i]), i));
    }
    return hits;
  }

  @Test
  void replaceTakesTheRerankersScores() {
    assertThat(ScoreCombiner.replace().combine(hits)).containsExactly(-1, 3, 1);
  }

  @Test
  void weightedAddsNormalisedScores() {
    assertThat(ScoreCombiner.weighted(0.5).combine(hits))
        .containsExactly(new double[] {0.5, 0.75, 0.25}, within(1e-12));
  }

  @Test
  void equalScoresNormaliseToZero() {
    assertThat(ScoreCombiner.weighted(0.5).combine(hits(new double[] {7, 7}, new double[] {1, 2})))
        .containsExactly(0, 0.5);
  }

  @Test
  void theLargestNumbersNormaliseToo() {
    double most = Double.MAX_VALUE;
    assertThat(
            ScoreCombiner.weighted(1).combined(hits(new double[3], new double[] {most, 0, -most})))
        .containsExactly(1, 0.5, 0);
  }

  @Test
  void rrfAddsReciprocalRanks() {
    assertThat(ScoreCombiner.rrf().combine(hits))
        .containsExactly(
            new double[] {1 / 61.0 + 1 / 63.0, 1 / 62.0 + 1 / 61.0, 1 / 63.0 + 1 / 62.0},
            within(1e-15));
  }

  @Test
  void rrfTakesTheRanksThatTheStagesGave() {
    List<Hit> onlyTheFourth =
        List.of(Hit.of(Document.of("d", ""), "before", 4, 0.1).then(StageScore.of("now", 1, 9), 3));
    assertThat(ScoreCombiner.rrf().combine(onlyTheFourth))
        .containsExactly(new double[] {1 / 64.0 + 1 / 61.0}, within(1e-15));
  }

  /** A hit that the stage before put at a rank, with the score and logit of the reranker. */
  private static Hit scored(String id, int rankBefore, double score, double logit) {
    return Hit.of(Document.of(id, ""), "before", rankBefore, 0.1)
        .then(StageScore.of("now", 1, score, logit, false), rankBefore - 1);
  }

  @Test
  void rankPriorTakesTheLogitAndTheRankBefore() {
    List<Hit> some =
        List.of(
            scored("a", 1, 0.9, 2.5),
            scored("b", 3, 0.2, -1),
            scored("c", 7, 0.5, 0),
            scored("d", 1000, 0.5, 0));
    double last = Math.log(1001) / Math.log(2);
    assertThat(ScoreCombiner.rankPrior(1).combine(some))
        .containsExactly(new double[] {1.5, -3, -3, -last}, within(1e-12));
    assertThat(ScoreCombiner.rankPrior(0.5).combine(some))
        .containsExactly(new double[] {2, -2, -1.5, -last / 2}, within(1e-12));
    assertThat(ScoreCombiner.rankPrior(0).combine(some)).containsExactly(2.5, -1, 0, 0);
  }

  @Test
  void rankPriorDoesNotDependOnTheOthers() {
    Hit one = scored("b", 42, 0.2, -1.25);
    double alone = ScoreCombiner.rankPrior(1).combine(List.of(one))[0];
    assertThat(ScoreCombiner.rankPrior(1).combine(List.of(scored("a", 1, 1, 99), one))[1])
        .isEqualTo(alone);
  }

  @Test
  void rankPriorWithoutALogitIsRefused() {
    assertThatThrownBy(() -> ScoreCombiner.rankPrior(1).combine(hits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'now'")
        .hasMessageContaining("'d0'")
        .hasMessageContaining("logits");
  }

  @Test
  void rankPriorRefusesWeightsThatGiveNoOrder() {
    for (double weight : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> ScoreCombiner.rankPrior(weight))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(weight));
    }
  }

  @Test
  void theWrongNumberOfScoresIsRefused() {
    for (double[] wrong : new double[][] {{}, {1}, {1, 2, 3, 4, 5}}) {
      ScoreCombiner combiner = documents -> wrong;
      assertThatThrownBy(() -> combiner.combined(hits))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the combiner gave %d scores for 3 documents; it must give one for each"
                  .formatted(wrong.length));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it is about
  void noScoresAtAllAreRefused() {
    ScoreCombiner combiner = documents -> null;
    assertThatThrownBy(() -> combiner.combined(hits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("null");
  }

  @Test
  void nothingIsNotCombined() {
    ScoreCombiner combiner =
        documents -> {
          throw new AssertionError("asked");
        };
    assertThat(combiner.combined(List.of())).isEmpty();
  }

  @Test
  void whatIsNoNumberIsRefused() {
    for (double wrong :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      ScoreCombiner combiner = documents -> new double[] {1, wrong, 2};
      assertThatThrownBy(() -> combiner.combined(hits))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("gave " + wrong + " for document 1 of 3");
    }
  }

  @Test
  void aWeightOutsideTheRangeIsRefused() {
    assertThatThrownBy(() -> ScoreCombiner.weighted(1.5))
        .hasMessage("weight is 1.5; it lies between 0 and 1");
    assertThatThrownBy(() -> ScoreCombiner.weighted(Double.NaN)).hasMessageContaining("NaN");
  }
}
