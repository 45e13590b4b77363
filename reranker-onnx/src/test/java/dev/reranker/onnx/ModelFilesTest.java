package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model files as tools write them, from the folder to the score. */
class ModelFilesTest {

  private static final String SAVED = "config_sentence_transformers.json";
  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES = List.of("the ocean", "a whale rests its brain");

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
  }

  /** Each token's vector depends on the token alone, so that all texts have the same first one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'word_embedding_dimension': 128, 'pooling_mode_cls_token': true,"
            + " 'pooling_mode_mean_tokens': false}",
        "{'embedding_dimension': 128, 'pooling_mode': 'cls', 'include_prompt': true}"
      })
  void clsPoolingIsTakenFromEitherForm(String json) {
    poolingFolder(json);
    try (var embedder = OnnxEmbedder.builder().model(folder.source()).build()) {
      assertThat(embedder.embedQuery("whale")).containsExactly(embedder.embedQuery("bread oven"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"'lasttoken'", "['cls', 'mean']", "'max'"})
  void anotherPoolingIsRefusedUnlessTheBuilderSaysOne(String mode) {
    poolingFolder("{'embedding_dimension': 128, 'pooling_mode': %s}".formatted(mode));
    assertThatThrownBy(() -> OnnxEmbedder.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            "1_Pooling/config.json", mode.replace('\'', '"').replace(" ", ""), "pooling(..)");
    try (var embedder =
        OnnxEmbedder.builder().model(folder.source()).pooling(Pooling.MEAN).build()) {
      assertThat(embedder.dimension()).isEqualTo(128);
    }
  }

  private void poolingFolder(String pooling) {
    new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    folder
        .with(
            "modules.json",
            """
            [{'idx': 0, 'name': '0', 'path': '', 'type': 'sentence_transformers.models.Transformer'},
             {'idx': 1, 'name': '1', 'path': '1_Pooling', 'type': 'sentence_transformers.models.Pooling'}]
            """)
        .with("1_Pooling/config.json", pooling);
  }

  @Test
  void aGraphThatPoolsNeedsNoPoolingOfTheFiles() {
    new TinyModel().head(TinyModel.Head.SENTENCE).in(directory);
    folder
        .with(
            "modules.json",
            """
            [{'path': '', 'type': 'sentence_transformers.models.Transformer'},
             {'path': '1_Pooling', 'type': 'sentence_transformers.models.Pooling'},
             {'path': '2_Dense', 'type': 'sentence_transformers.models.Dense'}]
            """)
        .with("1_Pooling/config.json", "{'pooling_mode': 'lasttoken'}");
    try (var embedder = OnnxEmbedder.builder().model(folder.source()).build()) {
      assertThat(embedder.embedQuery("whale")).hasSize(128);
    }
  }

  @Test
  void aSavedDimensionCutsVectors() {
    new TinyModel().head(TinyModel.Head.SENTENCE).in(directory);
    float[] whole;
    try (var embedder = OnnxEmbedder.builder().model(folder.source()).normalize(false).build()) {
      whole = embedder.embedQuery("whale");
    }
    folder.with(SAVED, "{'truncate_dim': 32}");
    try (var embedder = OnnxEmbedder.builder().model(folder.source()).normalize(false).build()) {
      assertThat(embedder.dimension()).isEqualTo(32);
      assertThat(embedder.embedQuery("whale")).containsExactly(java.util.Arrays.copyOf(whole, 32));
    }
    try (var embedder = OnnxEmbedder.builder().model(folder.source()).dimension(128).build()) {
      assertThat(embedder.dimension()).isEqualTo(128);
    }
    assertThatThrownBy(
            () -> OnnxEmbedder.builder().model(folder.source()).dimension(129).build().close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("129", "gives 128");
    assertThatThrownBy(() -> OnnxEmbedder.builder().dimension(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theActivationIsTakenFromTheNewPlace() {
    new TinyModel().in(directory);
    folder
        .with("config.json", "{'model_type': 'bert', 'max_position_embeddings': 512}")
        .with(
            SAVED,
            """
            {'__version__': {'sentence_transformers': '5.4.0'}, 'model_type': 'CrossEncoder',
             'prompts': {}, 'default_prompt_name': null,
             'activation_fn': 'torch.nn.modules.linear.Identity'}
            """);
    try (var reranker = OnnxReranker.builder().model(folder.source()).build()) {
      double logit = reranker.score(QUERY, PASSAGES.subList(0, 1))[0];
      assertThat(Scores.first(reranker, QUERY, PASSAGES.subList(0, 1)))
          .isCloseTo(logit, within(1e-6));
    }
  }

  @Test
  void anUnknownActivationDoesNotMatterWhereTheBuilderSaysOne() {
    new TinyModel().in(directory);
    folder.with(SAVED, "{'activation_fn': 'my.own.Activation'}");
    assertThatThrownBy(() -> OnnxReranker.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(SAVED, "my.own.Activation", "activation(..)");
    OnnxReranker.builder().model(folder.source()).activation(Activation.SIGMOID).build().close();
  }

  @Test
  void ofTwoLabelsTheNamesOrTheBuilderSayWhichIsRelevant() {
    new TinyModel().head(TinyModel.Head.TWO).in(directory);
    float[] second = logits(b -> b);
    folder.with("config.json", "{'id2label': {'0': 'irrelevant', '1': 'relevant'}}");
    assertThat(logits(b -> b)).containsExactly(second);
    folder.with("config.json", "{'id2label': {'0': 'relevant', '1': 'irrelevant'}}");
    float[] first = logits(b -> b);
    for (int i = 0; i < first.length; i++) {
      assertThat(first[i]).isEqualTo(-second[i]);
    }
    folder.with("config.json", "{'id2label': {'0': 'A', '1': 'B'}}");
    assertThatThrownBy(() -> logits(b -> b))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("positiveLabel");
    assertThat(logits(b -> b.positiveLabel(0))).containsExactly(first);
    assertThat(logits(b -> b.positiveLabel(1))).containsExactly(second);
  }

  @Test
  void ofOneLabelThereIsNothingToChoose() {
    new TinyModel().in(directory);
    folder.with("config.json", "{'id2label': {'0': 'A', '1': 'B'}}");
    assertThat(logits(b -> b)).containsExactly(logits(b -> b.positiveLabel(0)));
    assertThatThrownBy(() -> logits(b -> b.positiveLabel(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("positiveLabel is 1", "one label");
    assertThatThrownBy(() -> OnnxReranker.builder().positiveLabel(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("positiveLabel is 2; it is 0 or 1");
  }

  @Test
  void aDefaultPromptStandsBeforeTheQueryOfACrossEncoder() {
    new TinyModel().in(directory);
    float[] bare = logits(b -> b);
    float[] prompted = logits(b -> b.queryPrompt("search whales "));
    assertThat(prompted).isNotEqualTo(bare);
    folder.with(
        SAVED,
        "{'model_type': 'CrossEncoder', 'prompts': {'web': 'search whales '},"
            + " 'default_prompt_name': 'web'}");
    assertThat(logits(b -> b)).containsExactly(prompted);
    assertThat(logits(b -> b.queryPrompt(""))).containsExactly(bare);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HALF", "BFLOAT"})
  void anOutputOfSixteenBitsIsReadAsFloats(TinyModel.Head head) throws IOException {
    new TinyModel().in(directory);
    float[] whole = logits(b -> b);
    Files.delete(directory.resolve("model.onnx"));
    new TinyModel().head(head).at(directory.resolve("model.onnx"));
    float[] half = logits(b -> b);
    for (int i = 0; i < whole.length; i++) {
      assertThat(half[i]).isCloseTo(whole[i], within(Math.abs(whole[i]) / 100));
    }
  }

  @Test
  void tokenVectorsOfSixteenBitsArePooledInBatchesOfAnyShape() throws IOException {
    new TinyModel().head(TinyModel.Head.TOKENS).in(directory.resolve("whole"));
    new TinyModel().head(TinyModel.Head.HALF_TOKENS).in(directory.resolve("half"));
    List<String> texts = List.of("whale", "", "the ocean is deep and wide and old", "bread oven");
    try (var whole =
            OnnxEmbedder.builder()
                .model(ModelSource.directory(directory.resolve("whole")))
                .build();
        var half =
            OnnxEmbedder.builder()
                .model(ModelSource.directory(directory.resolve("half")))
                .batchTokens(8)
                .build()) {
      List<float[]> expected = whole.embedPassages(texts);
      List<float[]> actual = half.embedPassages(texts);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).containsExactly(expected.get(i), within(2e-3f));
      }
    }
  }

  @Test
  void doublesAreRefusedWithTheWayOut() {
    new TinyModel().head(TinyModel.Head.DOUBLE).in(directory);
    assertThatThrownBy(() -> logits(b -> b))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("DOUBLE", "float32", "export the model");
  }

  @Test
  void aTokenizersOwnTruncationPaddingAndMergesAsPairsChangeNothing() {
    new TinyModel().withoutTypeIds().in(directory);
    String plain = new String(RobertaStyle.tokenizer(), StandardCharsets.UTF_8);
    folder.withText("tokenizer.json", plain);
    float[] before = logits(b -> b);

    JsonObject tokenizer = JsonParser.parseString(plain).getAsJsonObject();
    JsonObject model = tokenizer.getAsJsonObject("model");
    var pairs = new JsonArray();
    for (JsonElement merge : model.getAsJsonArray("merges")) {
      var pair = new JsonArray();
      List.of(merge.getAsString().split(" ")).forEach(pair::add);
      pairs.add(pair);
    }
    model.add("merges", pairs);
    model.addProperty("ignore_merges", false);
    tokenizer.add(
        "truncation",
        JsonParser.parseString(
            "{\"direction\": \"Left\", \"max_length\": 8, \"strategy\": \"LongestFirst\","
                + " \"stride\": 0}"));
    tokenizer.add(
        "padding",
        JsonParser.parseString(
            """
            {"strategy": {"Fixed": 16}, "direction": "Left", "pad_to_multiple_of": null,
             "pad_id": 1, "pad_type_id": 0, "pad_token": "<pad>"}
            """));
    folder.withText("tokenizer.json", tokenizer.toString());
    assertThat(logits(b -> b)).containsExactly(before);
  }

  @Test
  void aBiEncodersFolderIsNoReranker() {
    new TinyModel().in(directory);
    folder.with(SAVED, "{'model_type': 'SentenceTransformer'}");
    assertThatThrownBy(() -> logits(b -> b))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("SentenceTransformer", "cross-encoder", "OnnxEmbedder");
  }

  private float[] logits(UnaryOperator<OnnxReranker.Builder> settings) {
    try (var reranker = settings.apply(OnnxReranker.builder().model(folder.source())).build()) {
      return reranker.score(QUERY, PASSAGES);
    }
  }

  /** Where the results' form is known. */
  private static final class Scores {
    static double first(OnnxReranker reranker, String query, List<String> passages) {
      return reranker.rerank(query, passages).hits().get(0).score();
    }
  }
}
