package dev.reranker.onnx;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The facts that a model's own JSON files tell about its texts: how long they may be, how they are
 * tokenized, and what the model was made for. {@link ModelSource} lists what happens to each key.
 */
final class ModelConfig {

  /** What a model takes when its files do not say: the length BERT was trained with. */
  private static final int DEFAULT_MAX_LENGTH = 512;

  /**
   * Models whose position ids start behind the padding id, so that they take that many fewer: all
   * in Transformers that count positions as RoBERTa does.
   */
  private static final Set<String> OFFSET_POSITIONS =
      Set.of(
          "altclip_text_model",
          "bridgetower_text_model",
          "camembert",
          "clap_text_model",
          "data2vec-text",
          "esm",
          "ibert",
          "layoutlmv3",
          "lilt",
          "longformer",
          "luke",
          "markuplm",
          "mluke",
          "mpnet",
          "roberta",
          "roberta-prelayernorm",
          "xlm-roberta",
          "xlm-roberta-xl",
          "xmod");

  /** Models whose {@code n_positions} is no limit, since their positions are relative. */
  private static final Set<String> RELATIVE_POSITIONS =
      Set.of("t5", "mt5", "umt5", "longt5", "switch_transformers");

  /** The file's present name, then those that old releases of sentence-transformers gave it. */
  private static final List<String> SENTENCE_BERT =
      List.of(
          "sentence_bert_config.json",
          "sentence_roberta_config.json",
          "sentence_distilbert_config.json",
          "sentence_camembert_config.json",
          "sentence_albert_config.json",
          "sentence_xlm-roberta_config.json",
          "sentence_xlnet_config.json");

  private static final String NO_CHAT =
      "chat templates are not supported, only what the tokenizer itself puts around texts";

  /** Templates of ms-swift that put around texts what the tokenizer does. */
  private static final Set<String> PLAIN_TEMPLATES = Set.of("bert", "dummy", "bge_reranker");

  private static final Set<String> SWIFT_TASKS =
      Set.of("causal_lm", "seq_cls", "embedding", "prm", "reranker", "generative_reranker");

  private final ModelSource source;
  private final Modules modules;
  private final JsonFile config;
  private final JsonFile tokenizerConfig;
  private final JsonFile sentenceBert;
  private final JsonFile sentenceTransformers;
  private final JsonFile swift;

  ModelConfig(ModelSource source) {
    this.source = source;
    this.modules = Modules.read(source);
    this.config = transformer(List.of("config.json"));
    this.tokenizerConfig = transformer(List.of("tokenizer_config.json"));
    this.sentenceBert = transformer(SENTENCE_BERT);
    this.sentenceTransformers = JsonFile.read(source, "config_sentence_transformers.json");
    this.swift = swift(source);
  }

  /** ms-swift's arguments; other tools' files of that name tell nothing. */
  private static JsonFile swift(ModelSource source) {
    JsonFile file = JsonFile.read(source, "args.json");
    boolean its = file.has("swift_version") || SWIFT_TASKS.contains(file.anyText("task_type"));
    return its ? file : JsonFile.read(source, List.of());
  }

  /** A file of the transformer, which old releases saved in a folder of its own. */
  private JsonFile transformer(List<String> names) {
    String path = modules.transformerPath();
    if (!path.isEmpty()) {
      JsonFile file = JsonFile.read(source, names.stream().map(n -> path + "/" + n).toList());
      if (file.present()) {
        return file;
      }
    }
    return JsonFile.read(source, names);
  }

  /** Where the tokenizer may be, the preferred place first. */
  List<String> tokenizerFiles() {
    String path = modules.transformerPath();
    return path.isEmpty()
        ? ModelSource.TOKENIZER
        : List.of(path + "/tokenizer.json", "tokenizer.json");
  }

  ModelSource source() {
    return source;
  }

  Modules modules() {
    return modules;
  }

  JsonFile config() {
    return config;
  }

  JsonFile tokenizerConfig() {
    return tokenizerConfig;
  }

  JsonFile sentenceBert() {
    return sentenceBert;
  }

  JsonFile sentenceTransformers() {
    return sentenceTransformers;
  }

  JsonFile swift() {
    return swift;
  }

  /**
   * How many tokens a row takes, special tokens included: what sentence-transformers' file says,
   * otherwise the tokenizer's; never more than there are positions.
   */
  int maxLength() {
    OptionalInt saved = limit(sentenceBert, "max_seq_length");
    OptionalInt processing =
        limit(sentenceBert.object("processing_kwargs").object("text"), "max_length");
    OptionalInt trained = first(processing, saved, limit(tokenizerArguments(), "model_max_length"));
    OptionalInt wanted = first(trained, limit(tokenizerConfig, "model_max_length"));
    OptionalInt positions = positions();
    if (wanted.isEmpty()) {
      return positions.orElse(DEFAULT_MAX_LENGTH);
    }
    return Math.min(wanted.getAsInt(), positions.orElse(Integer.MAX_VALUE));
  }

  /** How many positions the graph has weights for; longer input would fail inside it. */
  OptionalInt positions() {
    String type = config.text("model_type").orElse("");
    OptionalInt positions = limit(config, "max_position_embeddings");
    if (positions.isEmpty() && !RELATIVE_POSITIONS.contains(type)) {
      positions = limit(config, "n_positions");
    }
    if (positions.isEmpty() || !OFFSET_POSITIONS.contains(type)) {
      return positions;
    }
    // MPNet's padding id is a constant of its code.
    int padding = type.equals("mpnet") ? 1 : padId();
    int left = positions.getAsInt() - padding - 1;
    if (left < 1) {
      throw config.refuse(
          "max_position_embeddings",
          "models of the type %s use %d of them before the first token: get the file again"
              .formatted(type, padding + 1));
    }
    return OptionalInt.of(left);
  }

  /** The id that fills a row behind its text. */
  int padId() {
    boolean offset = OFFSET_POSITIONS.contains(config.text("model_type").orElse(""));
    return config.number("pad_token_id", 0).orElse(offset ? 1 : 0);
  }

  /** A limit of at least 1; -1 and numbers beyond a billion stand for none. */
  private static OptionalInt limit(JsonFile file, String key) {
    if (file.element(key).filter(value -> value.toString().equals("-1")).isPresent()) {
      return OptionalInt.empty();
    }
    OptionalInt limit = file.number(key, 1);
    return limit.orElse(0) < 1_000_000_000 ? limit : OptionalInt.empty();
  }

  private static OptionalInt first(OptionalInt... values) {
    for (OptionalInt value : values) {
      if (value.isPresent()) {
        return value;
      }
    }
    return OptionalInt.empty();
  }

  /** What sentence-transformers hands to the tokenizer, under its present or its old name. */
  JsonFile tokenizerArguments() {
    JsonFile present = sentenceBert.object("processor_kwargs");
    return present.present() ? present : sentenceBert.object("tokenizer_args");
  }

  /**
   * Checks that the model was made for this.
   *
   * @param use what it is loaded as
   */
  void requireMadeFor(ModelUse use) {
    Optional<String> type = sentenceTransformers.text("model_type");
    if (type.isPresent() && !use.modelTypes().contains(type.get())) {
      throw sentenceTransformers.refuse("model_type", use.advice());
    }
    if (use == ModelUse.RERANKER
        && config.has("architectures")
        && config.texts("architectures").stream().anyMatch(name -> name.endsWith("ForCausalLM"))) {
      throw config.refuse(
          "architectures",
          "it is generative, and is no cross-encoder without its prompt and its yes and no: take a"
              + " conversion to sequence classification whose prompt is in the texts, or a"
              + " cross-encoder");
    }
    Optional<String> task = sentenceBert.text("transformer_task");
    if (task.isPresent() && !task.get().equals(use.transformerTask())) {
      throw sentenceBert.refuse("transformer_task", use.advice());
    }
    Optional<String> swiftTask = swift.text("task_type");
    if (swiftTask.isPresent() && !use.swiftTasks().contains(swiftTask.get())) {
      throw swift.refuse("task_type", use.advice());
    }
    if (swiftTask.isPresent() && !PLAIN_TEMPLATES.contains(swift.text("template").orElse("bert"))) {
      throw swift.refuse("template", NO_CHAT);
    }
    JsonFile modalities = sentenceBert.object("modality_config");
    if (modalities.keys().contains("message")) {
      throw sentenceBert.refuse("modality_config", NO_CHAT);
    }
    JsonFile text = modalities.object("text");
    boolean plain =
        text.text("method").orElse("").equals("forward")
            && text.text("method_output_name").orElse("").equals(use.modelOutput());
    if (modalities.present() && !plain) {
      throw sentenceBert.refuse(
          "modality_config",
          "text that goes through 'forward' and gives '%s' is supported"
              .formatted(use.modelOutput()));
    }
  }
}
