package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Token vectors against the tiny model's own arithmetic. */
class OnnxMultiVectorEmbedderTest {

  private static final TinyModel TINY = new TinyModel().head(TinyModel.Head.TOKENS);
  private static final String TEXT = "whales sleep deep in the ocean";

  @TempDir private static Path directory;
  private static ModelSource model;

  @BeforeAll
  static void write() {
    model = TINY.in(directory);
  }

  @Test
  void aQueryHasTheVectorsOfItsTokensWithoutSpecialOnes() {
    assertVectors(embed(b -> b, TEXT), ids(TEXT));
  }

  @Test
  void passagesOfAllLengthsHaveTheVectorsOfTheirTokensWithoutPadding() {
    var texts = new RandomText(Seeds.print(OnnxMultiVectorEmbedderTest.class));
    List<String> passages =
        IntStream.range(0, 60)
            .mapToObj(i -> i % 10 == 0 ? texts.mixed(i) : texts.words(i * i % 97))
            .toList();
    try (var embedder = open(b -> b.threads(2))) {
      List<List<float[]>> vectors = embedder.embedPassageTokens(passages);
      assertThat(vectors).hasSameSizeAs(passages);
      for (int i = 0; i < passages.size(); i++) {
        assertVectors(vectors.get(i), ids(passages.get(i)));
      }
    }
  }

  @Test
  void promptsStandBeforeTheTextAndTheirTokensCount() {
    try (var prompted = open(b -> b.queryPrompt("query: ").passagePrompt("passage: "))) {
      assertVectors(prompted.embedQueryTokens(TEXT), ids("query: " + TEXT));
      assertVectors(prompted.embedPassageTokens(List.of(TEXT)).get(0), ids("passage: " + TEXT));
    }
  }

  @Test
  void promptsComeFromTheModelsFiles(@TempDir Path files) throws IOException {
    TINY.in(files);
    Files.writeString(
        files.resolve("config_sentence_transformers.json"),
        "{\"prompts\": {\"query\": \"query: \", \"document\": \"passage: \"}}");
    try (var embedder =
        OnnxMultiVectorEmbedder.builder().model(ModelSource.directory(files)).build()) {
      assertVectors(embedder.embedQueryTokens(TEXT), ids("query: " + TEXT));
      assertVectors(embedder.embedPassageTokens(List.of(TEXT)).get(0), ids("passage: " + TEXT));
    }
  }

  @Test
  void aPassageBeyondTheLengthIsCutAtItsEnd() {
    String fits = "whale ".repeat(14);
    try (var embedder = open(b -> b.maxLength(16))) {
      assertVectors(embedder.embedPassageTokens(List.of(fits + "ocean brain")).get(0), ids(fits));
    }
  }

  @Test
  void anEmptyListGivesAnEmptyList() {
    try (var embedder = open(b -> b)) {
      assertThat(embedder.embedPassageTokens(List.of())).isEmpty();
    }
  }

  @Test
  void aTextWithoutTokensHasNoVectors() {
    try (var embedder = open(b -> b)) {
      assertThat(embedder.embedQueryTokens("")).isEmpty();
      List<List<float[]>> vectors = embedder.embedPassageTokens(List.of("", "whale", " \n"));
      assertThat(vectors).extracting(List::size).containsExactly(0, 1, 0);
    }
  }

  @Test
  void theDimensionIsThatOfTheVectors() {
    try (var embedder = open(b -> b.name("mine"))) {
      assertThat(embedder.dimension()).isEqualTo(TinyModel.WIDTH);
      assertThat(embedder.name()).isEqualTo("mine");
      assertThat(embedder.info().name()).isEqualTo("mine");
    }
  }

  @Test
  void aGraphThatOnlyPoolsIsRefused(@TempDir Path pooled) {
    ModelSource source = new TinyModel().head(TinyModel.Head.SENTENCE).in(pooled);
    assertThatThrownBy(() -> OnnxMultiVectorEmbedder.builder().model(source).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            "'sentence_embedding'", "[128]", "one vector per token", "token_embeddings");
  }

  @Test
  void aProjectionThatTheGraphLacksIsRefused(@TempDir Path files) throws IOException {
    TINY.in(files);
    Files.writeString(files.resolve("modules.json"), "[{\"type\": \"pylate.models.Dense.Dense\"}]");
    ModelSource source = ModelSource.directory(files);
    assertThatThrownBy(() -> OnnxMultiVectorEmbedder.builder().model(source).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("pylate.models.Dense.Dense", "last_hidden_state", "export");
  }

  @Test
  void aNullPassageIsNamed() {
    try (var embedder = open(b -> b)) {
      assertThatThrownBy(() -> embedder.embedPassageTokens(Arrays.asList("ocean", null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("passage 1 of 2 is null");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the error is what is tested
  void aNullQueryIsNamed() {
    try (var embedder = open(b -> b)) {
      assertThatThrownBy(() -> embedder.embedQueryTokens(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("query");
    }
  }

  @Test
  void argumentsAreNotChanged() {
    try (var embedder = open(b -> b)) {
      var passages = new ArrayList<>(List.of(TEXT, "", "whale"));
      embedder.embedPassageTokens(passages);
      assertThat(passages).containsExactly(TEXT, "", "whale");
    }
  }

  @Test
  void threadsGetTheSameVectors() {
    try (var embedder = open(b -> b.threads(2))) {
      float[][] expected = embedder.embedQueryTokens(TEXT).toArray(float[][]::new);
      IntStream.range(0, 64)
          .parallel()
          .mapToObj(i -> embedder.embedQueryTokens(TEXT).toArray(float[][]::new))
          .forEach(actual -> assertThat(actual).isDeepEqualTo(expected));
    }
  }

  @Test
  void closeIsIdempotentAndFinal() {
    OnnxMultiVectorEmbedder embedder = open(b -> b);
    embedder.close();
    assertThatCode(embedder::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> embedder.embedQueryTokens(TEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> embedder.embedPassageTokens(List.of(TEXT)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void withoutAModelTheErrorSaysHowToGiveOne() {
    assertThatThrownBy(() -> OnnxMultiVectorEmbedder.builder().build().close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an embedder needs a model: call model(ModelSource.directory(..))");
  }

  /** A real model, so that a token's vector hangs on its neighbours and padding could be seen. */
  @Test
  void maxSimFindsThePassageThatAnswersInAnyCompany() {
    List<String> passages =
        List.of(
            "Add flour, sugar and two eggs, then bake the cake for an hour.",
            "Whales rest one half of the brain at a time.",
            "Stock prices fell after the central bank raised interest rates again. ".repeat(6),
            "");
    try (var embedder = TestModels.multiVectorEmbedder()) {
      List<float[]> query = embedder.embedQueryTokens("how do whales sleep");
      List<List<float[]>> together = embedder.embedPassageTokens(passages);
      List<Double> scores = together.stream().map(passage -> maxSim(query, passage)).toList();
      assertThat(scores).as("scores").element(1).isEqualTo(Collections.max(scores));
      assertThat(scores).as("the best is alone").doesNotHaveDuplicates();
      for (int i = 0; i < passages.size(); i++) {
        List<float[]> alone = embedder.embedPassageTokens(List.of(passages.get(i))).get(0);
        assertThat(maxSim(query, alone)).isCloseTo(scores.get(i), within(1e-4));
      }
    }
  }

  /** For each vector of the query the best dot product among the passage's, summed up. */
  private static double maxSim(List<float[]> query, List<float[]> passage) {
    return query.stream()
        .mapToDouble(q -> passage.stream().mapToDouble(p -> dot(q, p)).max().orElse(0))
        .sum();
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(d -> (double) a[d] * b[d]).sum();
  }

  private static OnnxMultiVectorEmbedder open(
      UnaryOperator<OnnxMultiVectorEmbedder.Builder> settings) {
    return settings.apply(OnnxMultiVectorEmbedder.builder().model(model)).build();
  }

  private static List<float[]> embed(
      UnaryOperator<OnnxMultiVectorEmbedder.Builder> settings, String text) {
    try (var embedder = open(settings)) {
      return embedder.embedQueryTokens(text);
    }
  }

  private static long[] ids(String text) {
    try (TextTokenizer tokenizer = TextTokenizer.load(model.require(ModelSource.TOKENIZER))) {
      TokenIds ids = tokenizer.encode(text, 500);
      return Arrays.copyOf(ids.ids(), ids.count());
    }
  }

  private static void assertVectors(List<float[]> actual, long[] ids) {
    assertThat(actual).hasSize(ids.length);
    for (int t = 0; t < ids.length; t++) {
      double[] token = TINY.token((int) ids[t]);
      double length = Math.sqrt(Arrays.stream(token).map(x -> x * x).sum());
      float[] expected = new float[token.length];
      for (int d = 0; d < token.length; d++) {
        expected[d] = (float) (token[d] / length);
      }
      assertThat(actual.get(t)).as("token %d", t).containsExactly(expected, within(1e-5f));
    }
  }
}
