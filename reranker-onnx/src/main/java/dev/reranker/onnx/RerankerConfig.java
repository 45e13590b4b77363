package dev.reranker.onnx;

import com.google.gson.JsonElement;
import dev.reranker.error.ModelLoadException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a cross-encoder's files say of its head, its activation and its prompt. */
final class RerankerConfig {

  private static final String ACTIVATION = "activation_fn";
  private static final String OLD_ACTIVATION = "sbert_ce_default_activation_function";
  private static final String CHOOSE = ": choose one with activation(..)";
  private static final String OF_TWO =
      "of two labels the sigmoid of their difference or the difference is given" + CHOOSE;

  /** What graphs without a head call their outputs. */
  private static final Set<String> HEADLESS =
      Set.of("last_hidden_state", "token_embeddings", "sentence_embedding");

  private static final Set<String> POSITIVE =
      Set.of(
          "1",
          "label1",
          "yes",
          "true",
          "positive",
          "pos",
          "relevant",
          "related",
          "entailment",
          "entailed",
          "entails",
          "duplicate",
          "equivalent",
          "paraphrase",
          "match",
          "matching",
          "matched",
          "same",
          "similar",
          "good",
          "correct");

  private static final Set<String> NEGATIVE =
      Set.of(
          "0",
          "label0",
          "no",
          "false",
          "negative",
          "neg",
          "none",
          "contradiction",
          "different",
          "distinct",
          "bad",
          "wrong");

  private static final Set<String> NEGATIONS =
      Set.of("not", "non", "no", "ir", "un", "in", "dis", "mis");

  private final JsonFile config;
  private final JsonFile sentenceTransformers;
  private final JsonFile swift;

  RerankerConfig(ModelConfig model) {
    this.config = model.config();
    this.sentenceTransformers = model.sentenceTransformers();
    this.swift = model.swift();
  }

  /**
   * What turns a logit into a score: sentence-transformers' cross-encoders name it in one of three
   * places; without a name it is the sigmoid, which of two labels' difference is the softmax.
   *
   * @param labels how many labels the graph gives, 1 or 2
   */
  Activation activation(int labels) {
    if (sentenceTransformers.has(ACTIVATION)) {
      return activation(sentenceTransformers, ACTIVATION, labels);
    }
    JsonFile nested = config.object("sentence_transformers");
    if (nested.has(ACTIVATION)) {
      return activation(nested, ACTIVATION, labels);
    }
    if (config.has(OLD_ACTIVATION)) {
      return activation(config, OLD_ACTIVATION, labels);
    }
    requireSoftmax(config, labels);
    requireSoftmax(swift, labels);
    return Activation.SIGMOID;
  }

  private static Activation activation(JsonFile file, String key, int labels) {
    String name = file.text(key).orElse("");
    String simple = name.startsWith("torch.") ? name.substring(name.lastIndexOf('.') + 1) : "";
    return switch (simple) {
      case "Identity" -> Activation.IDENTITY;
      case "Sigmoid" -> {
        if (labels != 1) {
          throw file.refuse(key, OF_TWO);
        }
        yield Activation.SIGMOID;
      }
      case "Softmax" -> {
        if (labels != 2) {
          throw file.refuse(key, "the softmax of one label is always 1" + CHOOSE);
        }
        yield Activation.SIGMOID;
      }
      default -> throw file.refuse(key, "torch's Sigmoid and Identity are known" + CHOOSE);
    };
  }

  /** Of two labels the score is the softmax, unless each is a question of its own. */
  private static void requireSoftmax(JsonFile file, int labels) {
    Optional<String> type = file.text("problem_type");
    if (type.isEmpty() || type.get().equals("single_label_classification")) {
      return;
    }
    if (!Set.of("regression", "multi_label_classification").contains(type.get())) {
      throw file.refuse(
          "problem_type",
          "regression, single_label_classification and multi_label_classification are known"
              + CHOOSE);
    }
    if (labels == 2) {
      throw file.refuse("problem_type", OF_TWO);
    }
  }

  /**
   * Which of two labels says that a passage is relevant: as their names tell; the second where they
   * have none.
   */
  int positiveLabel() {
    JsonFile names = config.object("id2label");
    if (!names.present()) {
      return 1;
    }
    if (!names.keys().equals(Set.of("0", "1"))) {
      throw config.refuse("id2label", "the graph gives two labels, 0 and 1" + choose());
    }
    String first = label(names, "0");
    String second = label(names, "1");
    JsonFile ids = config.object("label2id");
    if (ids.present() && !(id(ids, first) == 0 && id(ids, second) == 1)) {
      throw config.refuse("label2id", "'id2label' says otherwise" + choose());
    }
    if (isNegative(first, second) && !isNegative(second, first)) {
      return 1;
    }
    if (isNegative(second, first) && !isNegative(first, second)) {
      return 0;
    }
    throw config.refuse("id2label", "which one says 'relevant' is not clear" + choose());
  }

  private static String choose() {
    return ": say which one says 'relevant', with positiveLabel(0) or positiveLabel(1)";
  }

  private static String label(JsonFile names, String key) {
    JsonElement value =
        names.element(key).orElseThrow(() -> names.refuse(key, "a text is expected"));
    if (!value.isJsonPrimitive()) {
      throw names.refuse(key, "a text is expected");
    }
    return value.getAsString();
  }

  private static int id(JsonFile ids, String label) {
    return ids.number(label, 0).orElse(-1);
  }

  /** Whether a label says no while the other says yes. */
  private static boolean isNegative(String label, String other) {
    String one = plain(label);
    String two = plain(other);
    return (NEGATIVE.contains(one) && POSITIVE.contains(two))
        || NEGATIONS.stream().anyMatch(negation -> one.equals(negation + two));
  }

  private static String plain(String label) {
    return label.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  /** What sentence-transformers puts before the query when nothing else is said. */
  String queryPrompt() {
    Optional<String> name = sentenceTransformers.text("default_prompt_name");
    if (name.isEmpty()) {
      return "";
    }
    JsonFile prompts = sentenceTransformers.object("prompts");
    return prompts
        .text(name.get())
        .orElseThrow(
            () ->
                sentenceTransformers.refuse(
                    "default_prompt_name",
                    "'prompts' has none of that name: give it with queryPrompt(..)"));
  }

  /** Refuses heads that are not one of one or two labels; the shape is the graph's output. */
  static ModelLoadException notOneOrTwo(String model, GraphOutput output) {
    boolean headless = HEADLESS.contains(output.name());
    return new ModelLoadException(
        "'%s' gives its output '%s' as [batch, %s]; a cross-encoder with one or two labels gives [batch], [batch, 1], [batch, 1, 1] or [batch, 2]%s"
            .formatted(
                model,
                output.name(),
                java.util.Arrays.toString(output.rowShape()).replaceAll("[\\[\\]]", ""),
                headless
                    ? ": the graph ends before the classification head, which is missing; export it"
                        + " with 'optimum-cli export onnx --task text-classification', or choose"
                        + " another graph of the model"
                    : ""));
  }
}
