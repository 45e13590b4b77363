package dev.reranker.onnx;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.reranker.onnx.Modules.Module;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a ColBERT's files say of how queries and passages are read: PyLate's in {@code
 * config_sentence_transformers.json}, Stanford's in {@code artifact.metadata}. The defaults are
 * those of their code, where a key is missing.
 *
 * @param file that says it, for messages
 * @param queryMarker the token behind the first one of a query; empty for none
 * @param passageMarker the same of a passage
 * @param queryLength how many tokens a query is filled up to
 * @param passageLength how many tokens a passage has at most, special ones included
 * @param expands whether queries are filled up with the mask token
 * @param attends whether the query's own tokens see those
 * @param skipped words whose tokens a passage is read with, but not compared by
 */
record ColbertConfig(
    JsonFile file,
    String queryMarker,
    String passageMarker,
    int queryLength,
    int passageLength,
    boolean expands,
    boolean attends,
    List<String> skipped) {

  static final String METADATA = "artifact.metadata";

  private static final int QUERY_LENGTH = 32;
  private static final int PASSAGE_LENGTH = 180;
  private static final String STANFORD = "HF_ColBERT";

  /** Python's string.punctuation. */
  private static final List<String> PUNCTUATION =
      List.of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".split(""));

  /** What the files say; empty where they are not a ColBERT's. */
  static Optional<ColbertConfig> of(ModelConfig model) {
    JsonFile pylate = model.sentenceTransformers();
    if (pylate.anyText("model_type").equals("ColBERT") || pylate.has("query_prefix")) {
      return Optional.of(pylate(pylate));
    }
    boolean stanford =
        model
            .config()
            .element("architectures")
            .filter(list -> list.toString().contains('"' + STANFORD + '"'))
            .isPresent();
    JsonFile metadata = JsonFile.read(model.source(), METADATA);
    return stanford || metadata.has("query_maxlen")
        ? Optional.of(stanford(metadata))
        : Optional.empty();
  }

  private static ColbertConfig pylate(JsonFile file) {
    requireMaxSim(file, "similarity_fn_name", Set.of("maxsim", "MaxSim", "cosine"));
    Optional<String> prompt = file.text("default_prompt_name");
    if (prompt.isPresent() && !file.object("prompts").text(prompt.get()).orElse("").isEmpty()) {
      throw file.refuse(
          "default_prompt_name", "prompts of a ColBERT are not supported, only its markers");
    }
    boolean expands = file.flag("do_query_expansion").orElse(true);
    return new ColbertConfig(
        file,
        file.text("query_prefix").orElse("[Q] "),
        file.text("document_prefix").orElse("[D] "),
        file.number("query_length", 1).orElse(QUERY_LENGTH),
        file.number("document_length", 1).orElse(PASSAGE_LENGTH),
        expands,
        expands && file.flag("attend_to_expansion_tokens").orElse(false),
        file.has("skiplist_words") ? file.texts("skiplist_words") : PUNCTUATION);
  }

  private static ColbertConfig stanford(JsonFile file) {
    requireMaxSim(file, "similarity", Set.of("cosine"));
    return new ColbertConfig(
        file,
        file.text("query_token_id").orElse("[unused0]"),
        file.text("doc_token_id").orElse("[unused1]"),
        file.number("query_maxlen", 1).orElse(QUERY_LENGTH),
        file.number("doc_maxlen", 1).orElse(PASSAGE_LENGTH),
        true,
        file.flag("attend_to_mask_tokens").orElse(false),
        file.flag("mask_punctuation").orElse(true) ? PUNCTUATION : List.of());
  }

  private static void requireMaxSim(JsonFile file, String key, Set<String> known) {
    Optional<String> similarity = file.text(key);
    if (similarity.isPresent() && !known.contains(similarity.get())) {
      throw file.refuse(key, "token vectors are compared by their cosine here");
    }
  }

  /** With neither text longer than the builder wishes or the model has positions. */
  ColbertConfig atMost(OptionalInt wanted, OptionalInt positions) {
    int most = Math.min(wanted.orElse(Integer.MAX_VALUE), positions.orElse(Integer.MAX_VALUE));
    return new ColbertConfig(
        file,
        queryMarker,
        passageMarker,
        Math.min(queryLength, most),
        Math.min(passageLength, most),
        expands,
        attends,
        skipped);
  }

  /** A query beyond the length that it is filled up to is read as a whole, up to a passage's. */
  int mostQueryTokens() {
    return Math.max(queryLength, passageLength);
  }

  /** The modules that project token vectors, in order. */
  static List<Module> dense(ModelConfig model) {
    return model.modules().list().stream()
        .filter(
            module ->
                module.simpleName().equals("Dense")
                    && (module.type().startsWith("pylate.")
                        || module.type().startsWith("sentence_transformers.")))
        .toList();
  }

  /** The mask token, by which queries are filled up; a model without one uses its last token. */
  static String filler(ModelConfig model) {
    JsonFile tokenizer = model.tokenizerConfig();
    return token(tokenizer, "mask_token")
        .or(() -> token(tokenizer, "eos_token"))
        .or(() -> token(tokenizer, "pad_token"))
        .orElse("[MASK]");
  }

  static Optional<String> unknown(ModelConfig model) {
    return token(model.tokenizerConfig(), "unk_token");
  }

  /** A text, or an object with the text as its content. */
  private static Optional<String> token(JsonFile file, String key) {
    Optional<JsonElement> value = file.element(key);
    return value.isPresent() && value.get() instanceof JsonObject
        ? file.object(key).text("content")
        : file.text(key);
  }

  /** What makes two readings of a passage differ. */
  String passageReading() {
    return "%s|%d|%s".formatted(passageMarker, passageLength, skipped);
  }

  /** What makes two readings of a query differ. */
  String queryReading() {
    return "%s|%d|%s|%s".formatted(queryMarker, queryLength, expands, attends);
  }
}
