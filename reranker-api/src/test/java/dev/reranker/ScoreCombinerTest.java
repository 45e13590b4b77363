package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoreCombinerTest {

  private final double[] before = {10, 5, 0};
  private final double[] now = {-1, 3, 1};

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
    assertThat(ScoreCombiner.weighted(0.5).combine(new double[] {7, 7}, new double[] {1, 2}))
        .containsExactly(0, 0.5);
  }

  @Test
  void rrfAddsReciprocalRanks() {
    assertThat(ScoreCombiner.rrf().combine(before, now))
        .containsExactly(
            new double[] {1 / 61.0 + 1 / 63.0, 1 / 62.0 + 1 / 61.0, 1 / 63.0 + 1 / 62.0},
            within(1e-15));
  }

  @Test
  void aWeightOutsideTheRangeIsRefused() {
    assertThatThrownBy(() -> ScoreCombiner.weighted(1.5))
        .hasMessage("weight is 1.5; it lies between 0 and 1");
    assertThatThrownBy(() -> ScoreCombiner.weighted(Double.NaN)).hasMessageContaining("NaN");
  }
}
