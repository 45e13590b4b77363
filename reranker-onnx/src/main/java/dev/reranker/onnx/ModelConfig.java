package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.ModelSource.ModelFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The facts that a model's own JSON files tell; a missing file is an empty object. */
final class ModelConfig {

  /** What a model takes when its files do not say: the length BERT was trained with. */
  private static final int DEFAULT_MAX_LENGTH = 512;

  /** Models whose position ids start behind the padding id, so that they take that many fewer. */
  private static final Set<String> OFFSET_POSITIONS =
      Set.of("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer");

  private static final Set<String> KNOWN_MODULES = Set.of("Transformer", "Pooling", "Normalize");

  private final ModelSource source;
  private final JsonObject config;
  private final JsonObject tokenizerConfig;
  private final JsonObject sentenceBert;

  ModelConfig(ModelSource source) {
    this.source = source;
    this.config = object("config.json");
    this.tokenizerConfig = object("tokenizer_config.json");
    this.sentenceBert = object("sentence_bert_config.json");
  }

  /** The smallest of the limits that the files name, in tokens, special tokens included. */
  int maxLength() {
    int length = Integer.MAX_VALUE;
    for (OptionalInt limit :
        List.of(
            number(tokenizerConfig, "model_max_length"),
            number(sentenceBert, "max_seq_length"),
            positions())) {
      length = Math.min(length, limit.orElse(Integer.MAX_VALUE));
    }
    return length == Integer.MAX_VALUE ? DEFAULT_MAX_LENGTH : length;
  }

  /** How many positions the graph has weights for; longer input would fail inside it. */
  OptionalInt positions() {
    OptionalInt positions = number(config, "max_position_embeddings");
    if (positions.isEmpty() || !OFFSET_POSITIONS.contains(text(config, "model_type").orElse(""))) {
      return positions;
    }
    return OptionalInt.of(positions.getAsInt() - padId() - 1);
  }

  /** The id that fills a row behind its text. */
  int padId() {
    return number(config, "pad_token_id").orElse(0);
  }

  /**
   * What turns a logit into a score: sentence-transformers' cross-encoders name it in one of two
   * places; without a name its default for one label is the sigmoid.
   */
  Activation activation() {
    Optional<String> name = text(config, "sbert_ce_default_activation_function");
    if (config.get("sentence_transformers") instanceof JsonObject nested) {
      name =
          text(nested, "activation_fn")
              .or(() -> text(config, "sbert_ce_default_activation_function"));
    }
    if (name.isEmpty()) {
      return Activation.SIGMOID;
    }
    return switch (simple(name.get()).toLowerCase(Locale.ROOT)) {
      case "sigmoid" -> Activation.SIGMOID;
      case "identity" -> Activation.IDENTITY;
      default ->
          throw new ModelLoadException(
              "config.json in %s names the activation %s; Sigmoid and Identity are known: choose one with activation(..)"
                  .formatted(source, name.get()));
    };
  }

  /** The pooling that {@code 1_Pooling/config.json} names; mean where there is no such file. */
  Pooling pooling() {
    JsonObject pooling = object("1_Pooling/config.json");
    if (!flag(pooling, "include_prompt", true)) {
      throw new ModelLoadException(
          "1_Pooling/config.json in %s leaves the prompt out of pooling (include_prompt false), which is not supported"
              .formatted(source));
    }
    List<String> modes =
        pooling.keySet().stream()
            .filter(key -> key.startsWith("pooling_mode_"))
            .filter(key -> flag(pooling, key, false))
            .toList();
    if (modes.isEmpty()) {
      return Pooling.MEAN;
    }
    return switch (String.join("+", modes)) {
      case "pooling_mode_mean_tokens" -> Pooling.MEAN;
      case "pooling_mode_cls_token" -> Pooling.CLS;
      default ->
          throw new ModelLoadException(
              "1_Pooling/config.json in %s asks for %s; mean and CLS pooling are supported"
                  .formatted(source, modes));
    };
  }

  /**
   * Whether vectors are brought to length 1: as {@code modules.json} lists; yes where there is no
   * such file.
   */
  boolean normalize() {
    List<String> others = otherModules();
    if (!others.isEmpty()) {
      throw new ModelLoadException(
          "modules.json in %s lists %s; Transformer, Pooling and Normalize are supported"
              .formatted(source, others.get(0)));
    }
    return modules()
        .map(types -> types.stream().anyMatch(type -> simple(type).equals("Normalize")))
        .orElse(true);
  }

  /** What {@code modules.json} lists besides a transformer, pooling and normalisation. */
  List<String> otherModules() {
    return modules().orElse(List.of()).stream()
        .filter(type -> !KNOWN_MODULES.contains(simple(type)))
        .toList();
  }

  /** The types that {@code modules.json} lists, if there is one. */
  private Optional<List<String>> modules() {
    return parse("modules.json")
        .map(
            json -> {
              if (!(json instanceof JsonArray list)) {
                throw new ModelLoadException(
                    "modules.json in " + source + " is not a JSON array: get the file again");
              }
              return list.asList().stream()
                  .map(
                      module ->
                          module instanceof JsonObject object
                              ? text(object, "type").orElse("a module without a type")
                              : module.toString())
                  .toList();
            });
  }

  private static String simple(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  /** The first of these prompts that {@code config_sentence_transformers.json} has, or none. */
  String prompt(List<String> names) {
    if (object("config_sentence_transformers.json").get("prompts") instanceof JsonObject prompts) {
      for (String name : names) {
        Optional<String> prompt = text(prompts, name);
        if (prompt.isPresent()) {
          return prompt.get();
        }
      }
    }
    return "";
  }

  private JsonObject object(String file) {
    return parse(file)
        .map(
            json -> {
              if (json instanceof JsonObject object) {
                return object;
              }
              throw new ModelLoadException(
                  file + " in " + source + " is not a JSON object: get the file again");
            })
        .orElseGet(JsonObject::new);
  }

  private Optional<JsonElement> parse(String file) {
    Optional<ModelFile> found = source.find(List.of(file));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          JsonParser.parseString(new String(found.get().read(), StandardCharsets.UTF_8)));
    } catch (JsonParseException e) {
      throw new ModelLoadException(
          "%s is not valid JSON (%s): get the file again"
              .formatted(found.get().name(), e.getMessage()),
          e);
    }
  }

  private boolean flag(JsonObject pooling, String key, boolean otherwise) {
    JsonElement value = pooling.get(key);
    if (value == null || value.isJsonNull()) {
      return otherwise;
    }
    if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
      return primitive.getAsBoolean();
    }
    throw new ModelLoadException(
        "1_Pooling/config.json in %s has %s for '%s'; true or false is expected"
            .formatted(source, value, key));
  }

  private static Optional<String> text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value != null && value.isJsonPrimitive()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }

  /** A positive number; files write 1e30 for "no limit", which counts as none. */
  private static OptionalInt number(JsonObject object, String key) {
    JsonElement value = object.get(key);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      return OptionalInt.empty();
    }
    double number = value.getAsDouble();
    return number >= 0 && number < 1e9 ? OptionalInt.of((int) number) : OptionalInt.empty();
  }
}
