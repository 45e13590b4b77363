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
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pooling, length and prompts against the tiny model's own arithmetic. */
class OnnxEmbedderTest {

  private static final TinyModel TINY = new TinyModel().head(TinyModel.Head.TOKENS);
  private static final String TEXT = "whales sleep deep in the ocean";

  /** [CLS] and [SEP] of the default model's tokenizer. */
  private static final int CLS = 101;

  private static final int SEP = 102;

  @TempDir private static Path directory;
  private static ModelSource model;

  @BeforeAll
  static void write() {
    model = TINY.in(directory);
  }

  @Test
  void meanPoolingIsTheMeanOfAllTokens() {
    List<double[]> tokens = tokens(TEXT);
    double[] mean =
        IntStream.range(0, TinyModel.WIDTH)
            .mapToDouble(d -> tokens.stream().mapToDouble(t -> t[d]).average().orElseThrow())
            .toArray();
    assertThat(embed(b -> b.normalize(false), TEXT)).containsExactly(floats(mean), within(1e-5f));
  }

  @Test
  void clsPoolingIsTheFirstToken() {
    assertThat(embed(b -> b.normalize(false).pooling(Pooling.CLS), TEXT))
        .containsExactly(floats(TINY.token(CLS)), within(1e-5f));
  }

  @Test
  void aNormalisedVectorHasLengthOneAndTheSameDirection() {
    float[] plain = embed(b -> b.normalize(false), TEXT);
    double length = Math.sqrt(dot(plain, plain));
    float[] expected = new float[plain.length];
    for (int d = 0; d < plain.length; d++) {
      expected[d] = (float) (plain[d] / length);
    }
    assertThat(embed(b -> b, TEXT)).containsExactly(expected, within(1e-5f));
  }

  @Test
  void aGraphThatPoolsIsTakenAsItIs(@TempDir Path pooled) {
    ModelSource sentence = new TinyModel().head(TinyModel.Head.SENTENCE).in(pooled);
    try (var embedder = OnnxEmbedder.builder().model(sentence).normalize(false).build()) {
      assertThat(embedder.embedQuery(TEXT))
          .containsExactly(embed(b -> b.normalize(false), TEXT), within(1e-5f));
    }
  }

  @Test
  void aGraphThatPoolsTheModelsPromptThoughItMayNotIsRefused(@TempDir Path pooled)
      throws IOException {
    ModelSource sentence = new TinyModel().head(TinyModel.Head.SENTENCE_AND_TOKENS).in(pooled);
    Files.createDirectory(pooled.resolve("1_Pooling"));
    Files.writeString(
        pooled.resolve("1_Pooling/config.json"),
        "{\"pooling_mode\": \"mean\", \"include_prompt\": false}");
    var builder = OnnxEmbedder.builder().model(sentence);
    assertThatCode(() -> builder.build().close()).doesNotThrowAnyException();
    builder.queryPrompt("query: ");
    assertThatThrownBy(() -> builder.build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("1_Pooling/config.json", "include_prompt", "empty prompts");
    builder.pooling(Pooling.MEAN);
    assertThatCode(() -> builder.build().close()).doesNotThrowAnyException();
  }

  @Test
  void theBuildersPoolingGoesBeforeTheGraphs(@TempDir Path both) {
    ModelSource source = new TinyModel().head(TinyModel.Head.SENTENCE_AND_TOKENS).in(both);
    var builder = OnnxEmbedder.builder().model(source).normalize(false);
    try (var mean = builder.build();
        var cls = builder.pooling(Pooling.CLS).build()) {
      assertThat(mean.embedQuery(TEXT))
          .containsExactly(embed(b -> b.normalize(false), TEXT), within(1e-5f));
      assertThat(cls.embedQuery(TEXT)).containsExactly(floats(TINY.token(CLS)), within(1e-5f));
    }
  }

  @Test
  void aPoolingForAGraphWithoutTokenVectorsIsRefused(@TempDir Path pooled) {
    ModelSource sentence = new TinyModel().head(TinyModel.Head.SENTENCE).in(pooled);
    var builder = OnnxEmbedder.builder().model(sentence).pooling(Pooling.MEAN);
    assertThatThrownBy(() -> builder.build().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("pooling is MEAN", "only 'sentence_embedding'", "pooling(..) out");
  }

  @Test
  void aCrossEncoderIsRefused(@TempDir Path other) {
    ModelSource source = new TinyModel().head(TinyModel.Head.ONE_DEEP).in(other);
    assertThatThrownBy(() -> OnnxEmbedder.builder().model(source).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'logits'", "[1, 1]", "[batch, tokens, dimension]");
  }

  @Test
  void theVectorDoesNotDependOnTheNeighbours() {
    var texts = new RandomText(Seeds.print(OnnxEmbedderTest.class));
    List<String> passages = IntStream.range(0, 60).mapToObj(i -> texts.words(i * i % 97)).toList();
    try (var embedder = OnnxEmbedder.builder().model(model).threads(2).build()) {
      List<float[]> together = embedder.embedPassages(passages);
      for (int i = 0; i < passages.size(); i++) {
        assertThat(embedder.embedPassages(List.of(passages.get(i))).get(0))
            .containsExactly(together.get(i), within(1e-5f));
      }
    }
  }

  @Test
  void promptsStandBeforeTheText() {
    try (var plain = OnnxEmbedder.builder().model(model).build();
        var prompted =
            OnnxEmbedder.builder()
                .model(model)
                .queryPrompt("query: ")
                .passagePrompt("passage: ")
                .build()) {
      assertThat(prompted.embedQuery(TEXT))
          .isEqualTo(plain.embedQuery("query: " + TEXT))
          .isNotEqualTo(plain.embedQuery(TEXT));
      assertThat(prompted.embedPassages(List.of(TEXT)).get(0))
          .isEqualTo(plain.embedQuery("passage: " + TEXT));
    }
  }

  @Test
  void poolingNormalisationAndPromptsComeFromTheModelsFiles(@TempDir Path files)
      throws IOException {
    TINY.in(files);
    Files.writeString(
        files.resolve("modules.json"),
        "[{\"type\": \"sentence_transformers.models.Transformer\"}]");
    Files.createDirectory(files.resolve("1_Pooling"));
    Files.writeString(files.resolve("1_Pooling/config.json"), "{\"pooling_mode_cls_token\": true}");
    Files.writeString(
        files.resolve("config_sentence_transformers.json"),
        "{\"prompts\": {\"query\": \"query: \"}}");
    try (var embedder = OnnxEmbedder.builder().model(ModelSource.directory(files)).build()) {
      assertThat(embedder.embedQuery(TEXT))
          .isEqualTo(
              embed(b -> b.pooling(Pooling.CLS).normalize(false).queryPrompt("query: "), TEXT));
    }
  }

  @Test
  void aPassageBeyondTheLengthIsCutAtItsEnd() {
    String fits = "whale ".repeat(14);
    try (var embedder = OnnxEmbedder.builder().model(model).maxLength(16).build()) {
      assertThat(embedder.embedPassages(List.of(fits + "ocean brain")).get(0))
          .isEqualTo(embedder.embedPassages(List.of(fits)).get(0));
    }
  }

  @Test
  void theDimensionIsThatOfTheVectors() {
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      assertThat(embedder.dimension()).isEqualTo(TinyModel.WIDTH);
      assertThat(embedder.embedQuery(TEXT)).hasSize(TinyModel.WIDTH);
    }
  }

  @Test
  void anEmptyListGivesAnEmptyList() {
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      assertThat(embedder.embedPassages(List.of())).isEmpty();
    }
  }

  @Test
  void theEmptyTextIsItsSpecialTokens() {
    double[] cls = TINY.token(CLS);
    double[] sep = TINY.token(SEP);
    Arrays.setAll(cls, d -> (cls[d] + sep[d]) / 2);
    assertThat(embed(b -> b.normalize(false), "")).containsExactly(floats(cls), within(1e-5f));
  }

  @Test
  void aNullPassageIsNamed() {
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      assertThatThrownBy(() -> embedder.embedPassages(Arrays.asList("ocean", null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("passage 1 of 2 is null");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the error is what is tested
  void aNullQueryIsNamed() {
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      assertThatThrownBy(() -> embedder.embedQuery(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("query");
    }
  }

  @Test
  void argumentsAreNotChanged() {
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      var passages = new ArrayList<>(List.of(TEXT, "", "whale"));
      embedder.embedPassages(passages);
      assertThat(passages).containsExactly(TEXT, "", "whale");
    }
  }

  @Test
  void threadsGetTheSameVectors() {
    try (var embedder = OnnxEmbedder.builder().model(model).threads(2).build()) {
      float[] expected = embedder.embedQuery(TEXT);
      IntStream.range(0, 64)
          .parallel()
          .forEach(i -> assertThat(embedder.embedQuery(TEXT)).isEqualTo(expected));
    }
  }

  @Test
  void closeIsIdempotentAndFinal() {
    OnnxEmbedder embedder = OnnxEmbedder.builder().model(model).build();
    embedder.close();
    assertThatCode(embedder::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> embedder.embedQuery(TEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void withoutAModelTheErrorSaysHowToGiveOne() {
    assertThatThrownBy(() -> OnnxEmbedder.builder().build().close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an embedder needs a model: call model(ModelSource.directory(..))");
  }

  @Test
  void aModelWhoseFilesLeaveNoRoomIsRefused(@TempDir Path small) throws IOException {
    TINY.in(small);
    Files.writeString(small.resolve("config.json"), "{\"max_position_embeddings\": 1}");
    assertThatThrownBy(
            () -> OnnxEmbedder.builder().model(ModelSource.directory(small)).build().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxLength is 1");
  }

  private static float[] embed(UnaryOperator<OnnxEmbedder.Builder> settings, String text) {
    try (var embedder = settings.apply(OnnxEmbedder.builder().model(model)).build()) {
      return embedder.embedQuery(text);
    }
  }

  private static List<double[]> tokens(String text) {
    try (TextTokenizer tokenizer = TextTokenizer.load(model.require(ModelSource.TOKENIZER))) {
      var tokens = new ArrayList<double[]>();
      tokens.add(TINY.token(CLS));
      for (long id : tokenizer.encode(text, 100).ids()) {
        tokens.add(TINY.token((int) id));
      }
      tokens.add(TINY.token(SEP));
      return tokens;
    }
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(d -> (double) a[d] * b[d]).sum();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
