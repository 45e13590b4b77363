package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each of a model's JSON files tells. */
class ModelConfigTest {

  @TempDir private Path directory;

  @Test
  void withoutFilesTheDefaultsHold() {
    ModelConfig config = config();
    assertThat(config.maxLength()).isEqualTo(512);
    assertThat(config.padId()).isZero();
    assertThat(config.activation()).isEqualTo(Activation.SIGMOID);
    assertThat(config.pooling()).isEqualTo(Pooling.MEAN);
    assertThat(config.normalize()).isTrue();
    assertThat(config.prompt(List.of("query"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, max_position_embeddings",
    "tokenizer_config.json, model_max_length",
    "sentence_bert_config.json, max_seq_length"
  })
  void eachFileMayLimitTheLength(String file, String key) {
    assertThat(with(file, "{'%s': 256}".formatted(key)).maxLength()).isEqualTo(256);
  }

  @Test
  void theSmallestLimitCounts() {
    with("config.json", "{'max_position_embeddings': 512}");
    with("tokenizer_config.json", "{'model_max_length': 384}");
    assertThat(with("sentence_bert_config.json", "{'max_seq_length': 128}").maxLength())
        .isEqualTo(128);
  }

  @Test
  void aLimitOfTenToTheThirtyIsNone() {
    with("tokenizer_config.json", "{'model_max_length': 1000000000000000019884624838656}");
    assertThat(with("config.json", "{'max_position_embeddings': 8192}").maxLength())
        .isEqualTo(8192);
  }

  @Test
  void aLimitOfNullIsNone() {
    assertThat(with("sentence_bert_config.json", "{'max_seq_length': null}").maxLength())
        .isEqualTo(512);
  }

  @ParameterizedTest
  @CsvSource({"roberta, 1, 512", "xlm-roberta, 1, 512", "mpnet, 1, 512", "bert, 0, 514"})
  void positionsBehindThePaddingIdAreFewer(String type, int padId, int length) {
    ModelConfig config =
        with(
            "config.json",
            "{'model_type': '%s', 'max_position_embeddings': 514, 'pad_token_id': %d}"
                .formatted(type, padId));
    assertThat(config.maxLength()).isEqualTo(length);
    assertThat(config.padId()).isEqualTo(padId);
  }

  @ParameterizedTest
  @CsvSource({
    "torch.nn.modules.activation.Sigmoid, SIGMOID",
    "torch.nn.modules.linear.Identity, IDENTITY"
  })
  void theActivationHasOneOfTwoPlaces(String name, Activation activation) {
    assertThat(
            with(
                    "config.json",
                    "{'sentence_transformers': {'activation_fn': '%s'}}".formatted(name))
                .activation())
        .isEqualTo(activation);
    assertThat(
            with("config.json", "{'sbert_ce_default_activation_function': '%s'}".formatted(name))
                .activation())
        .isEqualTo(activation);
  }

  @Test
  void anUnknownActivationIsNamedWithTheWayOut() {
    ModelConfig config =
        with("config.json", "{'sentence_transformers': {'activation_fn': 'torch.nn.Tanh'}}");
    assertThatThrownBy(config::activation)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("torch.nn.Tanh", "Sigmoid and Identity", "activation(..)");
  }

  @ParameterizedTest
  @CsvSource({"mean_tokens, MEAN", "cls_token, CLS"})
  void thePoolingIsTheModeThatIsTrue(String mode, Pooling pooling) {
    assertThat(
            with(
                    "1_Pooling/config.json",
                    """
                    {'word_embedding_dimension': 384, 'pooling_mode_cls_token': false,
                     'pooling_mode_mean_tokens': false, 'pooling_mode_max_tokens': false,
                     'pooling_mode_%s': true}
                    """
                        .formatted(mode))
                .pooling())
        .isEqualTo(pooling);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'pooling_mode_max_tokens': true",
        "'pooling_mode_cls_token': true, 'pooling_mode_mean_tokens': true"
      })
  void anotherPoolingIsRefused(String modes) {
    ModelConfig config = with("1_Pooling/config.json", "{" + modes + "}");
    assertThatThrownBy(config::pooling)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("1_Pooling/config.json", "pooling_mode_", "mean and CLS");
  }

  @Test
  void aPromptLeftOutOfPoolingIsRefused() {
    ModelConfig config =
        with(
            "1_Pooling/config.json", "{'pooling_mode_mean_tokens': true, 'include_prompt': false}");
    assertThatThrownBy(config::pooling)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("include_prompt false");
  }

  @Test
  void vectorsAreNormalisedWhereTheModulesSaySo() {
    String two =
        "[{'type': 'sentence_transformers.models.Transformer'},"
            + " {'type': 'sentence_transformers.models.Pooling'}%s]";
    assertThat(with("modules.json", two.formatted("")).normalize()).isFalse();
    assertThat(
            with(
                    "modules.json",
                    two.formatted(", {'type': 'sentence_transformers.models.Normalize'}"))
                .normalize())
        .isTrue();
  }

  @Test
  void aDenseModuleIsRefused() {
    ModelConfig config = with("modules.json", "[{'type': 'sentence_transformers.models.Dense'}]");
    assertThatThrownBy(config::normalize)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("sentence_transformers.models.Dense", "Transformer, Pooling and");
  }

  @Test
  void promptsAreFoundByTheFirstNameThatIsThere() {
    ModelConfig config =
        with(
            "config_sentence_transformers.json",
            "{'prompts': {'query': 'query: ', 'document': 'passage: '}}");
    assertThat(config.prompt(List.of("query"))).isEqualTo("query: ");
    assertThat(config.prompt(List.of("passage", "document"))).isEqualTo("passage: ");
    assertThat(config.prompt(List.of("title"))).isEmpty();
  }

  @Test
  void whatIsNotJsonIsNamed() {
    assertThatThrownBy(() -> with("config.json", "{'max_position_embeddings': "))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            directory.resolve("config.json").toString(), "is not valid JSON", "get the file again");
  }

  @Test
  void anArrayIsNotAnObject() {
    assertThatThrownBy(() -> with("config.json", "[]"))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("config.json in directory", "is not a JSON object");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "1_Pooling/config.json, \"{'pooling_mode_mean_tokens': [1, 2]}\"",
        "1_Pooling/config.json, {'pooling_mode_mean_tokens': 'yes'}",
        "1_Pooling/config.json, {'include_prompt': {}}",
        "modules.json, ['Transformer']",
        "modules.json, {}",
        "modules.json, \"\""
      })
  void valuesOfAnotherKindAreNoModel(String file, String json) {
    ModelConfig config = with(file, json);
    assertThatThrownBy(
            () -> {
              config.pooling();
              config.normalize();
            })
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(file);
  }

  private ModelConfig with(String file, String json) {
    try {
      Path path = directory.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, json.replace('\'', '"'));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return config();
  }

  private ModelConfig config() {
    return new ModelConfig(ModelSource.directory(directory));
  }
}
