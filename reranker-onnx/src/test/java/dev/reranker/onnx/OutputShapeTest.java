package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs that give and want what exporters make of the same model. */
class OutputShapeTest {

  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES =
      List.of("the ocean is deep", "", "a whale rests half of its brain at a time");

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(names = {"FLAT", "ONE_DEEP"})
  void oneLabelInAnyShapeIsTheSameLogit(TinyModel.Head head) {
    assertThat(score(new TinyModel().head(head)))
        .containsExactly(score(new TinyModel()), within(1e-6f));
  }

  @Test
  void twoLabelsGiveTheSecondMinusTheFirst() {
    float[] both = score(new TinyModel().head(TinyModel.Head.TWO));
    float[] first = score(new TinyModel());
    float[] second = score(new TinyModel().secondLabelAlone());
    for (int i = 0; i < both.length; i++) {
      assertThat(both[i]).isCloseTo(second[i] - first[i], within(1e-5f));
    }
  }

  @Test
  void theScoreOfTwoLabelsIsSoftmaxOfTheSecond() {
    try (var reranker = open(new TinyModel().head(TinyModel.Head.TWO))) {
      double first = score(new TinyModel())[0];
      double second = score(new TinyModel().secondLabelAlone())[0];
      assertThat(reranker.rerank(QUERY, PASSAGES.subList(0, 1)).hits().get(0).score())
          .isCloseTo(Math.exp(second) / (Math.exp(first) + Math.exp(second)), within(1e-5));
    }
  }

  @Test
  void threeLabelsAreRefused() {
    assertRefused(
        new TinyModel().head(TinyModel.Head.THREE), "'logits' as [batch, 3]; a cross-enc");
  }

  @Test
  void integersAreRefused() {
    assertRefused(new TinyModel().head(TinyModel.Head.INTEGER), "INT64", "float32 with the batch");
  }

  @Test
  void anEmbeddersTokensAreRefused() {
    assertRefused(
        new TinyModel().head(TinyModel.Head.TOKENS), "'last_hidden_state' as [batch, 5, 128]");
  }

  @Test
  void oneLabelForEachTokenIsRefused() {
    assertRefused(
        new TinyModel().head(TinyModel.Head.TOKEN_LABEL), "'logits' as [batch, 5, 1]; a cross-enc");
  }

  @Test
  void aGraphWithoutTypeIdsIsNotFedThem() {
    assertThat(score(new TinyModel().withoutTypeIds())).hasSize(3).doesNotContain(Float.NaN);
  }

  @Test
  void anUnknownInputIsNamed() {
    assertRefused(
        new TinyModel().extraInput("pixel_values"), "asks for an input 'pixel_values'", "are fed");
  }

  @Test
  void aFixedShapeIsNamedWithTheWayOut() {
    assertRefused(new TinyModel().fixedShape(1, 128), "'input_ids' as", "[1, 128]", "dynamic axes");
  }

  private float[] score(TinyModel model) {
    try (var reranker = open(model)) {
      return reranker.score(QUERY, PASSAGES);
    }
  }

  private OnnxReranker open(TinyModel model) {
    return OnnxReranker.builder().model(model.in(directory)).build();
  }

  private void assertRefused(TinyModel model, String... parts) {
    assertThatThrownBy(() -> open(model).close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }
}
