package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What {@code config.json} says, under {@code late_interaction}, of a model that encodes query and
 * passage apart and lets them meet in a scorer.
 *
 * @param vectorSize values of a token's vector
 * @param meanSize values of a text's vector
 * @param query how a query is read
 * @param passage how a passage is read
 */
record LateConfig(int vectorSize, int meanSize, Side query, Side passage) {

  private static final String SECTION = "late_interaction";

  private static final Set<String> KEYS =
      Set.of("encoder", "scorer", "vector_size", "mean_vector_size", "query", "passage");
  private static final Set<String> SIDE_KEYS =
      Set.of("starts_with", "ends_with", "token_type", "first_position", "max_length");

  /**
   * How one of the two is read.
   *
   * @param file the section, for messages
   * @param startsWith the special tokens before the text, by their names
   * @param endsWith those behind it
   * @param type the type id of all of them
   * @param maxLength how many tokens it has at most, special ones included
   */
  record Side(JsonFile file, String startsWith, String endsWith, int type, int maxLength) {

    /** What stands around the text. */
    TokenTemplate template(TextTokenizer tokenizer) {
      int[] before = ids(tokenizer, "starts_with", startsWith);
      int[] behind = ids(tokenizer, "ends_with", endsWith);
      if (maxLength <= before.length + behind.length) {
        throw file.refuse("max_length", "a text needs at least one token besides the special ones");
      }
      return new TokenTemplate(
          List.of(before, behind), List.of(types(before), types(behind)), new int[] {type});
    }

    private int[] ids(TextTokenizer tokenizer, String key, String names) {
      try {
        return tokenizer.specials(names);
      } catch (IllegalArgumentException e) {
        throw file.refuse(key, "a special token of tokenizer.json is expected; " + e.getMessage());
      }
    }

    private int[] types(int[] ids) {
      int[] types = new int[ids.length];
      java.util.Arrays.fill(types, type);
      return types;
    }

    private Side atMost(int tokens) {
      return new Side(file, startsWith, endsWith, type, Math.min(maxLength, tokens));
    }

    /** What makes two readings of a text differ. */
    @Override
    public String toString() {
      return "%s|%s|%d|%d".formatted(startsWith, endsWith, type, maxLength);
    }
  }

  /** What the file says; empty where it has no such section. */
  static Optional<LateConfig> of(ModelConfig model) {
    JsonFile late = model.config().object(SECTION);
    if (!late.present()) {
      return Optional.empty();
    }
    requireKnown(late, KEYS);
    file(late, "encoder");
    file(late, "scorer");
    return Optional.of(
        new LateConfig(
            required(late, "vector_size", 1),
            required(late, "mean_vector_size", 1),
            side(late.object("query"), model),
            side(late.object("passage"), model)));
  }

  private static Side side(JsonFile side, ModelConfig model) {
    requireKnown(side, SIDE_KEYS);
    OptionalInt positions = model.positions();
    int length = required(side, "max_length", 1);
    long end = (long) length + required(side, "first_position", 0);
    if (end > positions.orElse(Integer.MAX_VALUE)) {
      throw side.refuse(
          "max_length",
          "with 'first_position' that is beyond the model's %d positions: get the file again"
              .formatted(positions.orElse(Integer.MAX_VALUE)));
    }
    String startsWith = tokens(side, "starts_with");
    String endsWith = tokens(side, "ends_with");
    if (startsWith.isEmpty() && endsWith.isEmpty()) {
      throw side.refuse(
          "ends_with",
          "with none for 'starts_with' either, an empty text would have no token at all: a special"
              + " token is expected in one of them");
    }
    return new Side(side, startsWith, endsWith, type(side, model), length);
  }

  private static String tokens(JsonFile side, String key) {
    return side.text(key)
        .orElseThrow(() -> side.refuse(key, "special tokens are expected, \"\" for none"));
  }

  private static int type(JsonFile side, ModelConfig model) {
    int type = required(side, "token_type", 0);
    OptionalInt types = model.config().number("type_vocab_size", 0);
    if (type > 0 && type >= types.orElse(Integer.MAX_VALUE)) {
      throw side.refuse(
          "token_type",
          "beyond what the model has, 'type_vocab_size' %d: get the file again"
              .formatted(types.orElse(0)));
    }
    return type;
  }

  private static String file(JsonFile late, String key) {
    String file = late.text(key).orElse("");
    if (file.isBlank() || file.startsWith("/") || file.contains("..") || file.contains("\\")) {
      throw late.refuse(key, "the name of an ONNX file in the model's folder is expected");
    }
    return file;
  }

  /** The file of the graph that a text goes through. */
  static ModelFile encoder(ModelConfig model) {
    return graph(model, "encoder");
  }

  /** The file of the graph that query and passages meet in. */
  static ModelFile scorer(ModelConfig model) {
    return graph(model, "scorer");
  }

  private static ModelFile graph(ModelConfig model, String key) {
    JsonFile late = model.config().object(SECTION);
    return model
        .source()
        .find(List.of(file(late, key)))
        .orElseThrow(
            () -> late.refuse(key, "there is no such file: get the model's folder as a whole"))
        .check();
  }

  private static int required(JsonFile file, String key, int least) {
    return file.number(key, least)
        .orElseThrow(() -> file.refuse(key, "a whole number from " + least + " is expected"));
  }

  /** What is not known may change a score. */
  private static void requireKnown(JsonFile file, Set<String> known) {
    for (String key : file.keys()) {
      if (!known.contains(key) && file.has(key)) {
        throw file.refuse(
            key, "known are " + known.stream().sorted().toList() + ": a newer release may read it");
      }
    }
  }

  /** With neither text longer than the builder wishes, special tokens included. */
  LateConfig atMost(OptionalInt tokens) {
    return tokens.isEmpty()
        ? this
        : new LateConfig(
            vectorSize,
            meanSize,
            query.atMost(tokens.getAsInt()),
            passage.atMost(tokens.getAsInt()));
  }

  /** The longer of the two texts. */
  int maxLength() {
    return Math.max(query.maxLength(), passage.maxLength());
  }

  /** Says where such a model belongs, for whatever is no reranker. */
  static void refuse(ModelConfig model) {
    if (model.config().has(SECTION) && !model.source().hasChosenGraph()) {
      throw new ModelLoadException(
          "%s has '%s': the model is a reranker that encodes query and passage apart; load it as OnnxReranker, whose embedder() gives one vector per text"
              .formatted(model.config().where(), SECTION));
    }
  }
}
