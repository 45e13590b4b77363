package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Hit;
import dev.reranker.ScoreCombiner;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ColBERTs beyond their goldens, which {@link FamiliesTest} compares: what is prepared, long
 * queries, and files that do not fit (cases h07 and h09).
 */
class ColbertTest {

  private static final List<String> FILES =
      List.of(
          "config.json",
          "config_sentence_transformers.json",
          "modules.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "model.onnx",
          "1_Dense/config.json",
          "1_Dense/model.safetensors");

  @TempDir private Path directory;

  static Stream<GoldenPairs> goldens() {
    return FamiliesTest.goldens().filter(golden -> golden.toString().startsWith("colbert"));
  }

  private static ModelSource bundled(Object name) {
    return ModelSource.classpath("families/" + name);
  }

  /** The model as a folder that a test may change. */
  private ModelFolder copy() throws IOException {
    for (String file : FILES) {
      Path to = directory.resolve(file);
      Files.createDirectories(to.getParent());
      Files.write(to, TinyModel.resource("families/colbert/" + file));
    }
    return new ModelFolder(directory);
  }

  private static OnnxReranker load(ModelSource source) {
    return OnnxReranker.builder().model(source).build();
  }

  private static void assertRefused(ModelSource source, String... parts) {
    assertThatThrownBy(() -> load(source))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void preparedPassagesScoreAsTextsDo(GoldenPairs golden) {
    for (PreparedFormat format : PreparedFormat.values()) {
      try (var reranker =
          OnnxReranker.builder().model(bundled(golden)).preparedFormat(format).build()) {
        double error = format == PreparedFormat.FLOAT32 ? 1e-4 : 0.1;
        golden.assertLogits(golden.rerankPrepared(reranker), error);
      }
    }
  }

  @Test
  void aScoreIsASumThatNothingIsJoinedWith() {
    try (var reranker = load(bundled("colbert"))) {
      assertThat(reranker.combiner()).isEqualTo(ScoreCombiner.replace());
      assertThat(reranker.embedder()).isEmpty();
      Hit hit = reranker.rerank("how do whales sleep?", List.of("whales sleep")).hits().getFirst();
      assertThat(hit.score()).isEqualTo(hit.raw().orElseThrow()).isBetween(-14.0, 14.0);
    }
  }

  @Test
  void aLongQueryIsReadWholeAndATooLongOneIsAnError() {
    try (var reranker = load(bundled("colbert"))) {
      float[] half = reranker.score("x ".repeat(12), List.of("whale"));
      float[] whole = reranker.score("x ".repeat(12) + "a", List.of("whale"));
      assertThat(half).isNotEqualTo(whole);
      assertThatThrownBy(() -> reranker.score("whale ".repeat(40), List.of("whale")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes 24");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "!", "?!.,;:()[]{}", "....................................."})
  void aPassageOfPunctuationHasAScore(String passage) {
    try (var reranker = load(bundled("colbert"))) {
      assertThat(reranker.score("whales", List.of(passage))[0]).isFinite();
    }
  }

  @Test
  void scoresDoNotDependOnTheBatch() {
    try (var reranker = load(bundled("colbert"))) {
      List<String> passages =
          List.of("a", "how do whales sleep at night and day", "the whale, too");
      float[] together = reranker.score("whales?", passages);
      for (int i = 0; i < together.length; i++) {
        assertThat(reranker.score("whales?", List.of(passages.get(i)))[0])
            .isCloseTo(together[i], org.assertj.core.api.Assertions.within(1e-5f));
      }
    }
  }

  @Test
  void aMarkerThatIsNoTokenIsNamed() throws IOException {
    ModelFolder folder = copy();
    String config =
        Files.readString(directory.resolve("config_sentence_transformers.json"))
            .replace("[D] ", "[DOC] ");
    folder.withText("config_sentence_transformers.json", config);
    assertRefused(folder.source(), "'[DOC] '", "tokenizer.json");
  }

  @Test
  void aProjectionThatIsMissingIsNamed() throws IOException {
    ModelFolder folder = copy();
    Files.delete(directory.resolve("1_Dense/model.safetensors"));
    assertRefused(folder.source(), "1_Dense/model.safetensors is missing", "export the graph");
  }

  @Test
  void aProjectionOfOtherSizesIsNamed() throws IOException {
    ModelFolder folder = copy();
    folder.with("1_Dense/config.json", "{'in_features': 12, 'out_features': 4, 'bias': false}");
    assertRefused(folder.source(), "16 values a token", "take 12 and give 4");
    folder.with("1_Dense/config.json", "{'in_features': 16, 'out_features': 4, 'bias': false}");
    assertRefused(folder.source(), "'linear.weight' is F32 [8, 16]", "[4, 16] is expected");
  }

  @Test
  void whatIsNotComputedIsRefused() throws IOException {
    ModelFolder folder = copy();
    folder.with(
        "1_Dense/config.json",
        "{'in_features': 16, 'out_features': 8, 'bias': false, 'activation_function': 'x.Y'}");
    assertRefused(folder.source(), "activation_function", "x.Y");
  }

  @Test
  void damagedWeightsAreRefused() throws IOException {
    ModelFolder folder = copy();
    Path file = directory.resolve("1_Dense/model.safetensors");
    byte[] sound = Files.readAllBytes(file);
    Random random = Seeds.print(ColbertTest.class);
    for (int i = 0; i < 200; i++) {
      byte[] bad = sound.clone();
      bad[random.nextInt(80)] = (byte) random.nextInt();
      if (random.nextBoolean()) {
        bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
      }
      Files.write(file, bad);
      try (var reranker = load(folder.source())) {
        assertThat(reranker.name()).isNotEmpty();
      } catch (ModelLoadException e) {
        assertThat(e).as("round %d", i).hasMessageContaining("safetensors");
      }
    }
  }

  @Test
  void anEmbedderOfTheSameFilesSaysWhereTheyBelong() throws IOException {
    ModelFolder folder = copy();
    assertThatThrownBy(() -> OnnxEmbedder.builder().model(folder.source()).build())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("ColBERT");
  }

  @Test
  void stanfordsFilesAreReadToo() {
    String metadata =
        new String(
            TinyModel.resource("families/colbert-stanford/artifact.metadata"),
            StandardCharsets.UTF_8);
    assertThat(metadata).contains("[unused0]");
    try (var reranker = load(bundled("colbert-stanford"))) {
      assertThat(reranker.preparedFingerprint()).startsWith("v1-");
    }
  }
}
