package dev.reranker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitVectorTest {

  @Test
  void isACopyOfLengthOne() {
    float[] vector = {3, 0, -4};
    assertThat(UnitVector.of(vector, "e", 3, () -> "it")).containsExactly(0.6f, 0, -0.8f);
    assertThat(vector).containsExactly(3, 0, -4);
  }

  @Test
  void theZeroVectorHasNoDirection() {
    assertThat(UnitVector.of(new float[3], "e", 3, () -> "it")).isNull();
    float[] zero = new float[3];
    assertThat(UnitVector.normalize(zero, "e", () -> "it")).isFalse();
    assertThat(zero).containsOnly(0);
  }

  @Test
  void hugeAndTinyNumbersHaveADirection() {
    float[] huge = {Float.MAX_VALUE, Float.MAX_VALUE};
    float[] tiny = {Float.MIN_VALUE, 0};
    assertThat(UnitVector.normalize(huge, "e", () -> "it")).isTrue();
    assertThat(huge[0]).isEqualTo((float) Math.sqrt(0.5));
    assertThat(UnitVector.normalize(tiny, "e", () -> "it")).isTrue();
    assertThat(tiny).containsExactly(1, 0);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aNumberThatIsNotFiniteIsAFailure(float bad) {
    assertThatThrownBy(() -> UnitVector.requireFinite(new float[] {1, bad}, "e", () -> "text 7"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("'e'")
        .hasMessageContaining("text 7");
  }

  @Test
  void anotherLengthIsAFailure() {
    assertThatThrownBy(() -> UnitVector.of(new float[2], "e", 3, () -> "text 7"))
        .isInstanceOf(InferenceException.class)
        .hasMessage("embedder 'e' gave 2 numbers for text 7; its dimension is 3");
  }
}
