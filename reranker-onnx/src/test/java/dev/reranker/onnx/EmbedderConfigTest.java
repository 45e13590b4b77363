package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bi-encoder's files tell of pooling, modules, normalisation and prompts. */
class EmbedderConfigTest {

  private static final String SAVED = "config_sentence_transformers.json";
  private static final String POOLING = "1_Pooling/config.json";

  /** The names of modules up to 5.3 and from 5.4 on. */
  private static final String[] OLD = {
    "sentence_transformers.models.Transformer",
    "sentence_transformers.models.Pooling",
    "sentence_transformers.models.Normalize"
  };

  private static final String[] NEW = {
    "sentence_transformers.base.modules.transformer.Transformer",
    "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
    "sentence_transformers.base.modules.normalize.Normalize"
  };

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
  }

  @Test
  void withoutFilesItIsTheNormalisedMeanWithoutPrompts() {
    assertThat(folder.embedder().pooling(true)).isEqualTo(Pooling.MEAN);
    assertThat(folder.embedder().normalize()).isTrue();
    assertThat(folder.embedder().dimension()).isEmpty();
    assertThat(folder.embedder().queryPrompt()).isEmpty();
    assertThat(folder.embedder().passagePrompt()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"{'word_embedding_dimension': 384, 'pooling_mode_cls_token': false,"
            + " 'pooling_mode_mean_tokens': true, 'pooling_mode_max_tokens': false}\", MEAN",
        "\"{'word_embedding_dimension': 384, 'pooling_mode_cls_token': true,"
            + " 'pooling_mode_mean_tokens': false}\", CLS",
        "\"{'pooling_mode_cls_token': true, 'pooling_mode_weightedmean_tokens': false,"
            + " 'pooling_mode_lasttoken': false, 'include_prompt': true}\", CLS",
        "\"{'embedding_dimension': 384, 'pooling_mode': 'mean', 'include_prompt': true}\", MEAN",
        "\"{'embedding_dimension': 384, 'pooling_mode': 'cls', 'include_prompt': true}\", CLS",
        "\"{'pooling_mode': ['cls']}\", CLS",
        "\"{'pooling_mode': 'cls', 'pooling_mode_cls_token': true}\", CLS",
        "\"{'pooling_mode': 'cls', 'pooling_mode_mean_tokens': false}\", CLS"
      })
  void thePoolingIsReadInItsOldAndItsNewForm(String json, Pooling pooling) {
    folder.with(POOLING, json);
    assertThat(folder.embedder().pooling(true)).isEqualTo(pooling);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'pooling_mode': 'max'}",
        "{'pooling_mode': 'mean_sqrt_len_tokens'}",
        "{'pooling_mode': 'weightedmean'}",
        "{'pooling_mode': 'lasttoken'}",
        "{'pooling_mode': 'CLS'}",
        "{'pooling_mode': 'something new'}",
        "{'pooling_mode': ['cls', 'mean']}",
        "{'pooling_mode': []}",
        "{'pooling_mode': null}",
        "{'pooling_mode': true}",
        "{'pooling_mode': {'cls': true}}",
        "{'pooling_mode': ['cls', 1]}",
        "{'pooling_mode': 'cls', 'pooling_mode_mean_tokens': true}",
        "{'pooling_mode_max_tokens': true}",
        "{'pooling_mode_mean_sqrt_len_tokens': true}",
        "{'pooling_mode_weightedmean_tokens': true}",
        "{'pooling_mode_lasttoken': true}",
        "{'pooling_mode_something_new': true}",
        "{'pooling_mode_cls_token': true, 'pooling_mode_mean_tokens': true}",
        "{'pooling_mode_cls_token': false, 'pooling_mode_mean_tokens': false}",
        "{'word_embedding_dimension': 384}",
        "{}",
        "{'pooling_mode_mean_tokens': 'true'}",
        "{'pooling_mode_mean_tokens': 1}",
        "{'pooling_mode_mean_tokens': [1, 2]}",
        "{'pooling_mode': 'mean', 'include_prompt': 'no'}"
      })
  void anotherPoolingIsRefusedByName(String json) {
    folder.with(POOLING, json);
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(POOLING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'pooling_mode': 'lasttoken'}", "{'pooling_mode_lasttoken': true}"})
  void anotherPoolingComesWithTheWayOut(String json) {
    folder.with(POOLING, json);
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .hasMessageContainingAll("lasttoken", "mean and CLS pooling", "pooling(..)");
  }

  @Test
  void aPromptLeftOutOfPoolingMattersOnlyWhereThereIsOne() {
    folder.with(POOLING, "{'pooling_mode': 'mean', 'include_prompt': false}");
    assertThat(folder.embedder().pooling(false)).isEqualTo(Pooling.MEAN);
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("include_prompt", "pooling(..)", "empty prompts");
  }

  @Test
  void thePoolingModulesOwnFolderIsRead() {
    folder
        .with("modules.json", modules(OLD[0], "", OLD[1], "2_MyPooling"))
        .with("2_MyPooling/config.json", "{'pooling_mode': 'cls'}")
        .with(POOLING, "{'pooling_mode': 'mean'}");
    assertThat(folder.embedder().pooling(true)).isEqualTo(Pooling.CLS);
  }

  @Test
  void aPoolingFileThatIsNotThereIsNamed() {
    folder.with("modules.json", modules(OLD[0], "", OLD[1], "1_Pooling"));
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(POOLING, "is missing", "modules.json", "pooling(..)");
  }

  @Test
  void modulesWithoutPoolingOrWithTwoAreRefused() {
    folder.with("modules.json", modules(OLD[0], ""));
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("modules.json", "0 pooling modules", "pooling(..)");
    folder.with("modules.json", modules(OLD[0], "", OLD[1], "1_Pooling", OLD[1], "2_Pooling"));
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .hasMessageContaining("2 pooling modules");
  }

  @Test
  void msSwiftDoesNotSayHowItPools() {
    folder.with("args.json", "{'task_type': 'embedding'}");
    assertThatThrownBy(() -> folder.embedder().pooling(true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("args.json", "pooling(..)");
  }

  @Test
  void vectorsAreNormalisedWhereTheModulesSaySo() {
    for (String[] names : new String[][] {OLD, NEW}) {
      folder.with("modules.json", modules(names[0], "", names[1], "1_Pooling"));
      assertThat(folder.embedder().normalize()).isFalse();
      folder.with(
          "modules.json", modules(names[0], "", names[1], "1_Pooling", names[2], "2_Normalize"));
      assertThat(folder.embedder().normalize()).isTrue();
      assertThatCode(() -> folder.embedder().requireModules(false)).doesNotThrowAnyException();
    }
  }

  @Test
  void aNormalisationOfSomethingElseIsRefused() {
    folder
        .with("modules.json", modules(NEW[0], "", NEW[1], "1_Pooling", NEW[2], "2_Normalize"))
        .with("2_Normalize/config.json", "{'module_input_name': 'sentence_embedding'}");
    assertThat(folder.embedder().normalize()).isTrue();
    folder.with("2_Normalize/config.json", "{'module_input_name': 'token_embeddings'}");
    assertThatThrownBy(() -> folder.embedder().normalize())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("2_Normalize/config.json", "token_embeddings", "normalize(..)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sentence_transformers.models.Dense",
        "sentence_transformers.base.modules.dense.Dense",
        "sentence_transformers.models.LayerNorm",
        "sentence_transformers.models.WeightedLayerPooling",
        "sentence_transformers.models.CNN",
        "sentence_transformers.models.LSTM",
        "sentence_transformers.models.Asym",
        "sentence_transformers.base.modules.router.Router",
        "sentence_transformers.models.CLIPModel",
        "sentence_transformers.models.StaticEmbedding",
        "sentence_transformers.sparse_encoder.modules.SpladePooling",
        "custom_st.Transformer",
        "my_code.Pooling",
        "Normalize",
        "something.New"
      })
  void anotherModuleIsRefusedByNameUnlessTheGraphHasIt(String type) {
    folder.with("modules.json", modules(OLD[0], "", OLD[1], "1_Pooling", type, "2_X"));
    assertThatThrownBy(() -> folder.embedder().requireModules(false))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("modules.json", type, "sentence_embedding");
    assertThatCode(() -> folder.embedder().requireModules(true)).doesNotThrowAnyException();
  }

  @Test
  void anotherOrderIsRefused() {
    folder.with("modules.json", modules(OLD[0], "", OLD[2], "1_Normalize", OLD[1], "2_Pooling"));
    assertThatThrownBy(() -> folder.embedder().requireModules(false))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("modules.json", "the order Transformer, Pooling, Normalize");
  }

  @Test
  void dropoutDoesNothingAtWork() {
    folder.with(
        "modules.json",
        modules(OLD[0], "", OLD[1], "1_Pooling", "sentence_transformers.models.Dropout", "2_X"));
    assertThatCode(() -> folder.embedder().requireModules(false)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "''", "['Transformer']", "[{'type': 7}]", "[{'type': 'x', 'path': 7}]"})
  void modulesOfAnotherFormAreRefused(String json) {
    folder.with("modules.json", json);
    assertThatThrownBy(folder::embedder)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("modules.json");
  }

  @ParameterizedTest
  @CsvSource({"cosine, true", "cosine, false", "dot, true", "euclidean, true"})
  void aSimilarityThatOrdersAsTheCosineDoesPasses(String name, boolean normalised) {
    similarity("'" + name + "'", normalised);
    assertThat(folder.embedder().normalize()).isEqualTo(normalised);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {"'dot', false", "'euclidean', false", "'manhattan', true", "'new', true", "1, true"})
  void anotherSimilarityIsRefusedByName(String name, boolean normalised) {
    similarity(name, normalised);
    assertThatThrownBy(() -> folder.embedder().normalize())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(SAVED, "'similarity_fn_name'", name.replace('\'', '"'));
  }

  private void similarity(String name, boolean normalised) {
    folder
        .with(SAVED, "{'similarity_fn_name': %s}".formatted(name))
        .with(
            "modules.json",
            normalised
                ? modules(OLD[0], "", OLD[1], "1_Pooling", OLD[2], "2_Normalize")
                : modules(OLD[0], "", OLD[1], "1_Pooling"));
  }

  @Test
  void vectorsAreCutToTheDimensionThatIsSaved() {
    folder.with(SAVED, "{'truncate_dim': 64}");
    assertThat(folder.embedder().dimension()).hasValue(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "'64'", "true", "-1", "64.5"})
  void whatIsNoDimensionIsRefused(String value) {
    folder.with(SAVED, "{'truncate_dim': %s}".formatted(value));
    assertThatThrownBy(() -> folder.embedder().dimension())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(SAVED, "'truncate_dim'");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"{'prompts': {'query': 'q: ', 'document': 'd: '}}\", \"q: \", \"d: \"",
        "\"{'prompts': {'query': 'q: ', 'passage': 'p: '}}\", \"q: \", \"p: \"",
        "\"{'prompts': {'query': 'q: ', 'corpus': 'c: '}}\", \"q: \", \"c: \"",
        "\"{'prompts': {'query': 'q: ', 'document': 'd: ', 'passage': 'd: '}}\", \"q: \", \"d: \"",
        "\"{'prompts': {'query': '', 'document': ''}, 'default_prompt_name': null}\", \"\", \"\"",
        "\"{'prompts': {'query': 'q: ', 'clustering': 'c: '}}\", \"q: \", \"\"",
        "\"{'prompts': {'s2p': 's: '}, 'default_prompt_name': 's2p'}\", \"s: \", \"s: \"",
        "\"{'prompts': {'query': '', 's2p': 's: '}, 'default_prompt_name': 's2p'}\", \"\", \"s: \"",
        "\"{'prompts': {'document': 'd: '}}\", \"\", \"d: \"",
        "\"{'prompts': {}}\", \"\", \"\""
      })
  void promptsAreFoundAsSentenceTransformersFindsThem(String json, String query, String passage) {
    folder.with(SAVED, json);
    assertThat(folder.embedder().queryPrompt()).isEqualTo(query);
    assertThat(folder.embedder().passagePrompt()).isEqualTo(passage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'prompts': {'s2p_query': 'Find: ', 's2s_query': 'Alike: '}}",
        "{'prompts': {'query': 7}}",
        "{'prompts': ['query']}",
        "{'prompts': 'query: '}",
        "{'prompts': {}, 'default_prompt_name': 'query'}",
        "{'prompts': {'query ': 'Find: '}}"
      })
  void aQueryPromptThatIsNotClearIsRefused(String json) {
    folder.with(SAVED, json);
    assertThatThrownBy(() -> folder.embedder().queryPrompt())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(SAVED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'prompts': {'document': '', 'passage': 'p: '}}",
        "{'prompts': {'passage': 'p: ', 'corpus': 'c: '}}"
      })
  void aPassagePromptThatIsNotClearIsRefused(String json) {
    folder.with(SAVED, json);
    assertThatThrownBy(() -> folder.embedder().passagePrompt())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(SAVED, "'prompts'", "passagePrompt(..)");
  }

  private static String modules(String... typesAndPaths) {
    var json = new StringBuilder("[");
    for (int i = 0; i < typesAndPaths.length; i += 2) {
      json.append(i == 0 ? "" : ", ")
          .append(
              "{'idx': %d, 'name': '%d', 'path': '%s', 'type': '%s'}"
                  .formatted(i / 2, i / 2, typesAndPaths[i + 1], typesAndPaths[i]));
    }
    return json.append("]").toString();
  }
}
