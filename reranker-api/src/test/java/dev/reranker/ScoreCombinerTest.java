package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.InferenceException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoreCombinerTest {

  private final List<StageScore> before = scores("before", 10, 5, 0);
  private final List<StageScore> now = scores("now", -1, 3, 1);

  private static List<StageScore> scores(String stage, double... scores) {
    return IntStream.range(0, scores.length)
        .mapToObj(i -> StageScore.of(stage, i + 1, scores[i]))
        .toList();
  }

  @Test
  void replaceTakesTheRerankersScores() {
    assertThat(ScoreCombiner.replace().combine(before, now)).containsExactly(-1, 3, 1);
  }

  @Test
  void weightedAddsNormalisedScores() {
    assertThat(ScoreCombiner.weighted(0.5).combine(before, now))
        .containsExactly(new double[] {0.5, 0.75, 0.25}, within(1e-12));
  }

  @Test
  void equalScoresNormaliseToZero() {
    assertThat(ScoreCombiner.weighted(0.5).combine(scores("a", 7, 7), scores("b", 1, 2)))
        .containsExactly(0, 0.5);
  }

  @Test
  void theLargestNumbersNormaliseToo() {
    assertThat(
            ScoreCombiner.weighted(1)
                .combined(
                    scores("a", 0, 0, 0), scores("b", Double.MAX_VALUE, 0, -Double.MAX_VALUE)))
        .containsExactly(1, 0.5, 0);
  }

  @Test
  void rrfAddsReciprocalRanks() {
    assertThat(ScoreCombiner.rrf().combine(before, now))
        .containsExactly(
            new double[] {1 / 61.0 + 1 / 63.0, 1 / 62.0 + 1 / 61.0, 1 / 63.0 + 1 / 62.0},
            within(1e-15));
  }

  @Test
  void rrfTellsSaturatedScoresApartByTheirRawOutputs() {
    List<StageScore> saturated =
        List.of(StageScore.of("m", 2, 1, 50, false), StageScore.of("m", 1, 1, 60, false));
    assertThat(ScoreCombiner.rrf().combine(scores("a", 1, 1), saturated))
        .containsExactly(new double[] {1 / 61.0 + 1 / 62.0, 1 / 62.0 + 1 / 61.0}, within(1e-15));
  }

  @Test
  void theWrongNumberOfScoresIsRefused() {
    for (double[] wrong : new double[][] {{}, {1}, {1, 2, 3, 4, 5}}) {
      ScoreCombiner combiner = (a, b) -> wrong;
      assertThatThrownBy(() -> combiner.combined(before, now))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the combiner gave %d scores for 3 documents; it must give one for each"
                  .formatted(wrong.length));
    }
  }

  @Test
  void whatIsNoNumberIsRefused() {
    for (double wrong :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      ScoreCombiner combiner = (a, b) -> new double[] {1, wrong, 2};
      assertThatThrownBy(() -> combiner.combined(before, now))
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
