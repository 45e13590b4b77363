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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model's JSON files tell of lengths, ids, and what the model was made for. */
class ModelConfigTest {

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, max_position_embeddings",
    "config.json, n_positions",
    "tokenizer_config.json, model_max_length",
    "sentence_bert_config.json, max_seq_length",
    "sentence_roberta_config.json, max_seq_length",
    "sentence_xlm-roberta_config.json, max_seq_length"
  })
  void eachFileMayLimitTheLength(String file, String key) {
    folder.with(file, "{'%s': 256}".formatted(key));
    assertThat(folder.config().maxLength()).isEqualTo(256);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'tokenizer_args': {'model_max_length': 256}}",
        "{'processor_kwargs': {'model_max_length': 256}}",
        "{'processing_kwargs': {'text': {'max_length': 256}}}"
      })
  void sentenceTransformersMayHandALimitToTheTokenizer(String json) {
    folder.with("sentence_bert_config.json", json);
    assertThat(folder.config().maxLength()).isEqualTo(256);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 384, 128, 128",
    "512, 384, 500, 500",
    "512, 384, 4096, 512",
    "256, 384, 500, 256"
  })
  void theModelsLengthGoesBeforeTheTokenizersAndPositionsBoundBoth(
      int positions, int tokenizer, int model, int expected) {
    folder
        .with("config.json", "{'max_position_embeddings': %d}".formatted(positions))
        .with("tokenizer_config.json", "{'model_max_length': %d}".formatted(tokenizer))
        .with("sentence_bert_config.json", "{'max_seq_length': %d}".formatted(model));
    assertThat(folder.config().maxLength()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000000000000000019884624838656",
        "1e30",
        "1000000000",
        "null",
        "-1",
        "9223372036854775807"
      })
  void aLimitThatStandsForNoneIsNone(String value) {
    folder.with("tokenizer_config.json", "{'model_max_length': %s}".formatted(value));
    assertThat(folder.config().maxLength()).isEqualTo(512);
    folder.with("config.json", "{'max_position_embeddings': 8192}");
    assertThat(folder.config().maxLength()).isEqualTo(8192);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'512'", "true", "NaN", "Infinity", "1e400", "0", "-2", "511.5", "[512]", "{}"})
  void whatIsNoLengthIsRefusedByName(String value) {
    String json = "{'%s': " + value + "}";
    assertRefused("config.json", "max_position_embeddings", json);
    assertRefused("tokenizer_config.json", "model_max_length", json);
    assertRefused("sentence_bert_config.json", "max_seq_length", json);
  }

  private void assertRefused(String file, String key, String json) {
    var bad = new ModelFolder(directory.resolve(key)).with(file, json.formatted(key));
    assertThatThrownBy(() -> bad.config().maxLength())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(file, "'" + key + "'", "a whole number from 1 is expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'0'", "false", "-1", "0.5", "NaN"})
  void whatIsNoIdIsRefusedByName(String value) {
    folder.with("config.json", "{'pad_token_id': %s}".formatted(value));
    assertThatThrownBy(() -> folder.config().padId())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("config.json", "'pad_token_id'", "whole number from 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "roberta",
        "xlm-roberta",
        "xlm-roberta-xl",
        "camembert",
        "longformer",
        "data2vec-text",
        "ibert",
        "lilt",
        "luke",
        "mluke",
        "markuplm",
        "xmod",
        "roberta-prelayernorm",
        "esm",
        "layoutlmv3",
        "mpnet",
        "altclip_text_model",
        "bridgetower_text_model",
        "clap_text_model"
      })
  void positionsBehindThePaddingIdAreFewer(String type) {
    folder.with(
        "config.json",
        "{'model_type': '%s', 'max_position_embeddings': 514, 'pad_token_id': 1}".formatted(type));
    assertThat(folder.config().maxLength()).isEqualTo(512);
    assertThat(folder.config().padId()).isEqualTo(1);
  }

  @Test
  void theOffsetFollowsThePaddingIdExceptInMpnet() {
    String json = "{'model_type': '%s', 'max_position_embeddings': 514, 'pad_token_id': 0}";
    folder.with("config.json", json.formatted("roberta"));
    assertThat(folder.config().positions()).hasValue(513);
    folder.with("config.json", json.formatted("mpnet"));
    assertThat(folder.config().positions()).hasValue(512);
    folder.with("config.json", json.formatted("bert"));
    assertThat(folder.config().positions()).hasValue(514);
  }

  @Test
  void withoutAPaddingIdTheClassesOwnCounts() {
    folder.with("config.json", "{'model_type': 'xlm-roberta', 'max_position_embeddings': 514}");
    assertThat(folder.config().padId()).isEqualTo(1);
    assertThat(folder.config().positions()).hasValue(512);
    folder.with("config.json", "{'model_type': 'bert'}");
    assertThat(folder.config().padId()).isZero();
  }

  @Test
  void positionsThatThePaddingUsesUpAreRefused() {
    folder.with("config.json", "{'model_type': 'roberta', 'max_position_embeddings': 2}");
    assertThatThrownBy(() -> folder.config().positions())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'max_position_embeddings'", "2 of them before the first token");
  }

  @Test
  void relativePositionsAreNoLimit() {
    folder.with("config.json", "{'model_type': 't5', 'n_positions': 128}");
    assertThat(folder.config().positions()).isEmpty();
  }

  @Test
  void theTransformersFilesMayLieInAFolderOfItsOwn() {
    folder
        .with(
            "modules.json",
            "[{'type': 'sentence_transformers.models.Transformer', 'path': '0_Transformer'}]")
        .with("0_Transformer/sentence_bert_config.json", "{'max_seq_length': 64}");
    assertThat(folder.config().maxLength()).isEqualTo(64);
    assertThat(folder.config().tokenizerFiles())
        .containsExactly("0_Transformer/tokenizer.json", "tokenizer.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../elsewhere", "/etc", "C:/models"})
  void aModulesFolderIsInsideTheModels(String path) {
    folder.with(
        "modules.json",
        "[{'type': 'sentence_transformers.models.Pooling', 'path': '%s'}]".formatted(path));
    assertThatThrownBy(folder::config)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("modules.json", path, "inside the model's");
  }

  @Test
  void whatIsNotJsonIsNamed() {
    folder.with("config.json", "{'max_position_embeddings': ");
    assertThatThrownBy(folder::config)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            directory.resolve("config.json").toString(), "is not valid JSON", "get the file again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "", "7"})
  void whatIsNoObjectIsNamed(String json) {
    folder.with("config.json", json);
    assertThatThrownBy(folder::config)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("config.json in directory", "is not a JSON object");
  }

  @ParameterizedTest
  @CsvSource({
    "RERANKER, CrossEncoder",
    "EMBEDDER, SentenceTransformer",
    "MULTI_VECTOR, MultiVectorEncoder",
    "MULTI_VECTOR, ColBERT",
    "MULTI_VECTOR, SentenceTransformer"
  })
  void aModelIsLoadedAsWhatItWasMadeFor(ModelUse use, String type) {
    folder.with("config_sentence_transformers.json", "{'model_type': '%s'}".formatted(type));
    assertThatCode(() -> folder.config().requireMadeFor(use)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "RERANKER, SentenceTransformer",
    "EMBEDDER, CrossEncoder",
    "EMBEDDER, SparseEncoder",
    "EMBEDDER, MultiVectorEncoder",
    "MULTI_VECTOR, CrossEncoder",
    "RERANKER, WhatComesNext"
  })
  void aModelMadeForSomethingElseIsRefused(ModelUse use, String type) {
    folder.with("config_sentence_transformers.json", "{'model_type': '%s'}".formatted(type));
    assertNotMadeFor(use, "config_sentence_transformers.json", "'model_type'", type);
  }

  @ParameterizedTest
  @CsvSource({
    "RERANKER, text-generation",
    "RERANKER, any-to-any",
    "EMBEDDER, sequence-classification",
    "EMBEDDER, fill-mask",
    "MULTI_VECTOR, retrieval"
  })
  void anotherTaskOfTheTransformerIsRefused(ModelUse use, String task) {
    folder.with("sentence_bert_config.json", "{'transformer_task': '%s'}".formatted(task));
    assertNotMadeFor(use, "sentence_bert_config.json", "'transformer_task'", task);
  }

  @ParameterizedTest
  @CsvSource({
    "RERANKER, generative_reranker",
    "RERANKER, causal_lm",
    "RERANKER, embedding",
    "EMBEDDER, reranker"
  })
  void anotherTaskOfMsSwiftIsRefused(ModelUse use, String task) {
    folder.with("args.json", "{'task_type': '%s'}".formatted(task));
    assertNotMadeFor(use, "args.json", "'task_type'", task);
  }

  @Test
  void aChatTemplateOfMsSwiftIsRefused() {
    folder.with("args.json", "{'task_type': 'reranker', 'template': 'qwen3_reranker'}");
    assertNotMadeFor(ModelUse.RERANKER, "args.json", "'template'", "qwen3_reranker");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'task_type': 'reranker', 'template': 'bge_reranker', 'num_labels': 1}",
        "{'task_type': 'seq_cls', 'template': 'bert', 'problem_type': 'regression'}",
        "{'task_type': 'SEQ_CLS', 'template': 'of another tool'}",
        "{'learning_rate': 1}"
      })
  void plainArgumentsPass(String json) {
    folder.with("args.json", json);
    assertThatCode(() -> folder.config().requireMadeFor(ModelUse.RERANKER))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'message': {'method': 'forward', 'method_output_name': 'logits'}}",
        "{'text': {'method': 'get_text_features', 'method_output_name': 'logits'}}",
        "{'text': {'method': 'forward', 'method_output_name': 'pooler_output'}}",
        "{'image': {}, 'message': null}"
      })
  void otherWaysThroughTheTransformerAreRefused(String modalities) {
    folder.with("sentence_bert_config.json", "{'modality_config': %s}".formatted(modalities));
    assertNotMadeFor(ModelUse.RERANKER, "sentence_bert_config.json", "'modality_config'");
  }

  @ParameterizedTest
  @EnumSource(ModelUse.class)
  void whatSentenceTransformersWritesOfPlainTextPasses(ModelUse use) {
    String task = use == ModelUse.RERANKER ? "sequence-classification" : "feature-extraction";
    String output = use == ModelUse.RERANKER ? "logits" : "last_hidden_state";
    folder.with(
        "sentence_bert_config.json",
        """
        {'transformer_task': '%s', 'module_output_name': 'x', 'unpad_inputs': false,
         'modality_config': {'text': {'method': 'forward', 'method_output_name': '%s'}}}
        """
            .formatted(task, output));
    assertThatCode(() -> folder.config().requireMadeFor(use)).doesNotThrowAnyException();
  }

  private void assertNotMadeFor(ModelUse use, String... parts) {
    assertThatThrownBy(() -> folder.config().requireMadeFor(use))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }
}
