package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cross-encoder's files tell of its activation, its labels and its prompt. */
class RerankerConfigTest {

  private static final String SAVED = "config_sentence_transformers.json";

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
  }

  @Test
  void withoutFilesItIsTheSigmoidAndTheSecondLabel() {
    assertThat(folder.reranker().activation(1)).isEqualTo(Activation.SIGMOID);
    assertThat(folder.reranker().activation(2)).isEqualTo(Activation.SIGMOID);
    assertThat(folder.reranker().positiveLabel()).isEqualTo(1);
    assertThat(folder.reranker().queryPrompt()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "torch.nn.modules.activation.Sigmoid, SIGMOID",
    "torch.nn.modules.linear.Identity, IDENTITY",
    "torch.nn.Identity, IDENTITY"
  })
  void theActivationHasOneOfThreePlaces(String name, Activation activation) {
    for (String[] place :
        new String[][] {
          {SAVED, "{'model_type': 'CrossEncoder', 'activation_fn': '%s'}"},
          {"config.json", "{'sentence_transformers': {'activation_fn': '%s', 'version': '4.1.0'}}"},
          {"config.json", "{'sbert_ce_default_activation_function': '%s'}"}
        }) {
      var one = new ModelFolder(directory.resolve(Integer.toString(place[1].length())));
      one.with(place[0], place[1].formatted(name));
      assertThat(one.reranker().activation(1)).as(place[1]).isEqualTo(activation);
    }
  }

  @Test
  void theNewerPlaceGoesBeforeTheOlder() {
    String sigmoid = "'torch.nn.modules.activation.Sigmoid'";
    String identity = "'torch.nn.modules.linear.Identity'";
    folder.with(
        "config.json",
        "{'sentence_transformers': {'activation_fn': %s}, 'sbert_ce_default_activation_function': %s}"
            .formatted(identity, sigmoid));
    assertThat(folder.reranker().activation(1)).isEqualTo(Activation.IDENTITY);
    folder.with(SAVED, "{'activation_fn': %s}".formatted(sigmoid));
    assertThat(folder.reranker().activation(1)).isEqualTo(Activation.SIGMOID);
    folder.with(SAVED, "{'activation_fn': null}");
    assertThat(folder.reranker().activation(1)).isEqualTo(Activation.IDENTITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'torch.nn.modules.activation.Tanh'",
        "'torch.nn.LogSigmoid'",
        "'my_code.Identity'",
        "'Identity'",
        "''",
        "true",
        "1",
        "['torch.nn.Identity']",
        "{'name': 'torch.nn.Identity'}"
      })
  void anUnknownActivationIsRefusedByNameInEachPlace(String value) {
    assertActivationRefused(SAVED, "{'activation_fn': %s}", value);
    assertActivationRefused(
        "config.json", "{'sentence_transformers': {'activation_fn': %s}}", value);
    assertActivationRefused("config.json", "{'sbert_ce_default_activation_function': %s}", value);
  }

  private void assertActivationRefused(String file, String json, String value) {
    var one = new ModelFolder(directory.resolve(Integer.toString(json.length())));
    one.with(file, json.formatted(value));
    assertThatThrownBy(() -> one.reranker().activation(1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(file, "activation");
  }

  @Test
  void anUnknownActivationComesWithTheWayOut() {
    folder.with(SAVED, "{'activation_fn': 'torch.nn.Tanh'}");
    assertThatThrownBy(() -> folder.reranker().activation(1))
        .hasMessageContainingAll("torch.nn.Tanh", "Sigmoid and Identity", "activation(..)");
  }

  @Test
  void whereSentenceTransformersSettingsAreNoObjectTheyAreRefused() {
    folder.with("config.json", "{'sentence_transformers': 'torch.nn.Identity'}");
    assertThatThrownBy(() -> folder.reranker().activation(1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'sentence_transformers'", "an object is expected");
  }

  @Test
  void ofTwoLabelsSoftmaxIsTheSigmoidOfTheDifference() {
    folder.with(SAVED, "{'activation_fn': 'torch.nn.modules.activation.Softmax'}");
    assertThat(folder.reranker().activation(2)).isEqualTo(Activation.SIGMOID);
    assertThatThrownBy(() -> folder.reranker().activation(1)).hasMessageContaining("always 1");
  }

  @Test
  void ofTwoLabelsASigmoidOfEachIsRefused() {
    folder.with(SAVED, "{'activation_fn': 'torch.nn.modules.activation.Sigmoid'}");
    assertThatThrownBy(() -> folder.reranker().activation(2))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("Sigmoid", "difference", "activation(..)");
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, regression, 1",
    "config.json, multi_label_classification, 1",
    "config.json, single_label_classification, 2",
    "args.json, regression, 1"
  })
  void aProblemTypeThatFitsTheLabelsChangesNothing(String file, String type, int labels) {
    folder.with(file, "{'problem_type': '%s', 'task_type': 'seq_cls'}".formatted(type));
    assertThat(folder.reranker().activation(labels)).isEqualTo(Activation.SIGMOID);
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, multi_label_classification, 2",
    "config.json, regression, 2",
    "config.json, something_new, 1",
    "args.json, multi_label_classification, 2"
  })
  void anotherProblemTypeIsRefusedByName(String file, String type, int labels) {
    folder.with(file, "{'problem_type': '%s', 'task_type': 'seq_cls'}".formatted(type));
    assertThatThrownBy(() -> folder.reranker().activation(labels))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(file, type, "'problem_type'", "activation(..)");
  }

  @ParameterizedTest
  @CsvSource({
    "LABEL_0, LABEL_1, 1",
    "LABEL_1, LABEL_0, 0",
    "irrelevant, relevant, 1",
    "relevant, irrelevant, 0",
    "Relevant, Not Relevant, 0",
    "non-relevant, relevant, 1",
    "no, yes, 1",
    "yes, no, 0",
    "False, True, 1",
    "entailment, not_entailment, 0",
    "not_duplicate, duplicate, 1",
    "positive, negative, 0",
    "unrelated, related, 1",
    "mismatch, match, 1",
    "0, 1, 1",
    "1, 0, 0",
    "dissimilar, similar, 1"
  })
  void theNamesOfTwoLabelsTellWhichOneSaysRelevant(String first, String second, int positive) {
    labels(first, second);
    assertThat(folder.reranker().positiveLabel()).isEqualTo(positive);
  }

  @ParameterizedTest
  @CsvSource({
    "A, B",
    "relevant, other",
    "spam, ham",
    "yes, yes",
    "no, false",
    "good, relevant",
    "'', x"
  })
  void namesThatDoNotTellAreRefusedWithTheWayOut(String first, String second) {
    labels(first, second);
    assertThatThrownBy(() -> folder.reranker().positiveLabel())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'id2label'", "not clear", "positiveLabel(0) or positiveLabel(1)");
  }

  private void labels(String first, String second) {
    folder.with("config.json", "{'id2label': {'0': '%s', '1': '%s'}}".formatted(first, second));
  }

  @Test
  void namesThatContradictEachOtherAreRefused() {
    folder.with(
        "config.json", "{'id2label': {'0': 'no', '1': 'yes'}, 'label2id': {'yes': 0, 'no': 1}}");
    assertThatThrownBy(() -> folder.reranker().positiveLabel())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'label2id'", "'id2label' says otherwise", "positiveLabel");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'0': 'no', '1': 'yes', '2': 'maybe'}",
        "{'0': 'yes'}",
        "{'1': 'no', '2': 'yes'}",
        "{'0': null, '1': 'yes'}",
        "{'0': ['no'], '1': 'yes'}",
        "['no', 'yes']",
        "'yes'"
      })
  void namesOfAnotherFormAreRefused(String names) {
    folder.with("config.json", "{'id2label': %s}".formatted(names));
    assertThatThrownBy(() -> folder.reranker().positiveLabel())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("config.json", "id2label");
  }

  @Test
  void theDefaultPromptStandsBeforeQueries() {
    folder.with(
        SAVED, "{'prompts': {'web': 'Find: ', 'other': 'x'}, 'default_prompt_name': 'web'}");
    assertThat(folder.reranker().queryPrompt()).isEqualTo("Find: ");
  }

  @Test
  void withoutADefaultNoPromptIsUsed() {
    folder.with(SAVED, "{'prompts': {'query': 'Find: '}, 'default_prompt_name': null}");
    assertThat(folder.reranker().queryPrompt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'prompts': {}, 'default_prompt_name': 'web'}",
        "{'default_prompt_name': 'web'}",
        "{'prompts': {'web': 1}, 'default_prompt_name': 'web'}",
        "{'prompts': ['web'], 'default_prompt_name': 'web'}",
        "{'prompts': {'web': 'x'}, 'default_prompt_name': 7}"
      })
  void aDefaultPromptThatIsNotThereIsRefused(String json) {
    folder.with(SAVED, json);
    assertThatThrownBy(() -> folder.reranker().queryPrompt())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(SAVED);
  }
}
