package dev.reranker.onnx;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.reranker.error.ModelLoadException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model's files say of tokenization besides {@code tokenizer.json}.
 *
 * @param lowerCase texts are lower-cased before the tokenizer's own normalizer
 * @param lowerCased what the tokenizer's configuration says of lower-casing
 * @param accentsStripped likewise of accents
 * @param prefixSpace likewise of a space before the text
 * @param firstSpecial whether a special token must stand before a text
 * @param lastSpecial whether one must stand behind it
 * @param chatTemplate whether there is a template for chats
 * @param config the tokenizer's configuration
 */
record TokenizerRules(
    boolean lowerCase,
    Optional<Boolean> lowerCased,
    Optional<Boolean> accentsStripped,
    Optional<Boolean> prefixSpace,
    boolean firstSpecial,
    boolean lastSpecial,
    boolean chatTemplate,
    JsonFile config) {

  /** Arguments of sentence-transformers for the tokenizer that do not change what it gives. */
  private static final Set<String> HARMLESS =
      Set.of(
          "model_max_length",
          "padding_side",
          "padding",
          "use_fast",
          "trust_remote_code",
          "token",
          "use_auth_token",
          "revision",
          "cache_dir",
          "local_files_only");

  /** Reads them, and checks what the model's files say of each other. */
  static TokenizerRules of(ModelConfig model) {
    JsonFile arguments = model.tokenizerArguments();
    for (String key : arguments.keys()) {
      if (arguments.has(key) && !HARMLESS.contains(key)) {
        throw arguments.refuse(
            key, "arguments for the tokenizer are not supported: save it with them instead");
      }
    }
    requirePlainProcessing(model.sentenceBert());
    JsonFile config = model.tokenizerConfig();
    Optional<String> side = config.text("truncation_side");
    if (side.isPresent() && !side.get().equals("right")) {
      throw config.refuse(
          "truncation_side",
          "texts are only cut at their end: set it to \"right\" if that suits the model");
    }
    if (config.flag("split_special_tokens").orElse(false)) {
      throw config.refuse("split_special_tokens", "false is supported");
    }
    return new TokenizerRules(
        model.sentenceBert().flag("do_lower_case").orElse(false),
        config.flag("do_lower_case"),
        config.flag("strip_accents"),
        config.flag("add_prefix_space"),
        config.flag("add_bos_token").orElse(false),
        config.flag("add_eos_token").orElse(false),
        config.has("chat_template")
            || model
                .source()
                .find(List.of("chat_template.jinja", "chat_template.json"))
                .isPresent(),
        config);
  }

  private static void requirePlainProcessing(JsonFile sentenceBert) {
    JsonFile processing = sentenceBert.object("processing_kwargs");
    for (String modality : processing.keys()) {
      if (modality.equals("chat_template") && processing.has(modality)) {
        throw sentenceBert.refuse("processing_kwargs", "chat templates are not supported");
      }
      if (modality.equals("text") || modality.equals("common")) {
        JsonFile arguments = processing.object(modality);
        for (String key : arguments.keys()) {
          if (!Set.of("max_length", "padding", "padding_side", "return_tensors", "truncation")
              .contains(key)) {
            throw arguments.refuse(key, "max_length, padding and truncation are supported");
          }
        }
      }
    }
  }

  /**
   * Checks {@code tokenizer.json} against the configuration, which Transformers lets win without a
   * word where the two contradict each other.
   *
   * @param normalizer the tokenizer's normalizer, or an empty object
   * @param preTokenizer its pre-tokenizer, or an empty object
   */
  void check(JsonObject normalizer, JsonObject preTokenizer, String file) {
    if (is(normalizer, "BertNormalizer")) {
      Optional<Boolean> lowercase = flag(normalizer, "lowercase");
      agree("do_lower_case", lowerCased, lowercase, file);
      // Without a word of its own, BERT strips accents where it makes small letters.
      agree(
          "strip_accents",
          accentsStripped,
          flag(normalizer, "strip_accents").or(() -> lowercase),
          file);
    }
    if (is(preTokenizer, "ByteLevel")) {
      agree("add_prefix_space", prefixSpace, flag(preTokenizer, "add_prefix_space"), file);
    }
  }

  private void agree(String key, Optional<Boolean> said, Optional<Boolean> done, String file) {
    if (said.isPresent() && done.isPresent() && !said.equals(done)) {
      throw config.refuse(key, "%s says %s: make the two agree".formatted(file, done.get()));
    }
  }

  private static Optional<Boolean> flag(JsonObject part, String key) {
    return Optional.ofNullable(part.get(key))
        .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean())
        .map(JsonElement::getAsBoolean);
  }

  /** Checks the special tokens around one text. */
  void check(TokenTemplate single) {
    if (firstSpecial && single.specials().get(0).length == 0) {
      throw config.refuse(
          "add_bos_token", "tokenizer.json puts nothing before a text: make the two agree");
    }
    if (lastSpecial && single.specials().get(1).length == 0) {
      throw config.refuse(
          "add_eos_token", "tokenizer.json puts nothing behind a text: make the two agree");
    }
  }

  /** Checks that a model with a chat template does not need it to tell query and passage apart. */
  void checkPair(TokenTemplate pair) {
    if (chatTemplate && pair.specials().get(1).length == 0) {
      throw new ModelLoadException(
          "%s: the tokenizer puts nothing between query and passage, and a chat template is there to do it, as with generative rerankers: those are not supported; give a model whose tokenizer joins pairs"
              .formatted(config.where()));
    }
  }

  /** Whether the tokenizer's own normalizer makes small letters. */
  static boolean lowerCases(JsonObject normalizer) {
    if (is(normalizer, "Lowercase")) {
      return true;
    }
    if (is(normalizer, "BertNormalizer")) {
      return flag(normalizer, "lowercase").orElse(false);
    }
    JsonElement parts = normalizer.get("normalizers");
    return parts != null
        && parts.isJsonArray()
        && parts.getAsJsonArray().asList().stream()
            .anyMatch(part -> part instanceof JsonObject object && lowerCases(object));
  }

  private static boolean is(JsonObject part, String type) {
    JsonElement value = part.get("type");
    return value != null && value.isJsonPrimitive() && value.getAsString().equals(type);
  }
}
