package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.reranker.error.ModelLoadException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A JSON object among a model's files. A missing file is an empty object, and a null is a missing
 * key; a value of another kind than asked for is an error that names file, key and value, never a
 * default.
 */
final class JsonFile {

  private final ModelSource source;
  private final String name;
  private final boolean present;
  private final JsonObject object;

  private JsonFile(ModelSource source, String name, boolean present, JsonObject object) {
    this.source = source;
    this.name = name;
    this.present = present;
    this.object = object;
  }

  /** Reads the first of these files that is there. */
  static JsonFile read(ModelSource source, List<String> names) {
    for (String name : names) {
      Optional<JsonElement> json = parse(source, name);
      if (json.isPresent()) {
        if (json.get() instanceof JsonObject object) {
          return new JsonFile(source, name, true, object);
        }
        throw new ModelLoadException(
            name + " in " + source + " is not a JSON object: get the file again");
      }
    }
    return new JsonFile(
        source, names.isEmpty() ? "no file" : names.get(0), false, new JsonObject());
  }

  static JsonFile read(ModelSource source, String name) {
    return read(source, List.of(name));
  }

  /** Reads a file that holds a list. */
  static Optional<List<JsonElement>> readList(ModelSource source, String name) {
    return parse(source, name)
        .map(
            json -> {
              if (json instanceof JsonArray list) {
                return list.asList();
              }
              throw new ModelLoadException(
                  name + " in " + source + " is not a JSON array: get the file again");
            });
  }

  private static Optional<JsonElement> parse(ModelSource source, String name) {
    Optional<ModelFile> found = source.find(List.of(name));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          JsonParser.parseString(new String(found.get().readFacts(), StandardCharsets.UTF_8)));
    } catch (JsonParseException e) {
      throw new ModelLoadException(
          "%s is not valid JSON (%s): get the file again"
              .formatted(found.get().name(), e.getMessage()),
          e);
    }
  }

  /** Wraps an entry of a list that {@link #readList} read. */
  static JsonFile entry(ModelSource source, String name, JsonElement entry) {
    if (entry instanceof JsonObject object) {
      return new JsonFile(source, name, true, object);
    }
    throw new ModelLoadException(
        "%s in %s has %s where an object is expected: get the file again"
            .formatted(name, source, entry));
  }

  /** Whether the file is there. */
  boolean present() {
    return present;
  }

  String name() {
    return name;
  }

  /** The file and where it was found. */
  String where() {
    return name + " in " + source;
  }

  Set<String> keys() {
    return object.keySet();
  }

  boolean has(String key) {
    return element(key).isPresent();
  }

  /** The value, if it is there and not null. */
  Optional<JsonElement> element(String key) {
    return Optional.ofNullable(object.get(key)).filter(value -> !value.isJsonNull());
  }

  Optional<String> text(String key) {
    return element(key).map(value -> text(key, value));
  }

  /** A text, or nothing where there is something else: for telling whose file this is. */
  String anyText(String key) {
    return element(key)
        .filter(value -> value instanceof JsonPrimitive primitive && primitive.isString())
        .map(JsonElement::getAsString)
        .orElse("");
  }

  private String text(String key, JsonElement value) {
    if (value instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw refuse(key, "a text is expected");
  }

  Optional<Boolean> flag(String key) {
    return element(key)
        .map(
            value -> {
              if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
                return primitive.getAsBoolean();
              }
              throw refuse(key, "true or false is expected");
            });
  }

  /** A whole number from {@code least}; a larger one than an int is given as its largest. */
  OptionalInt number(String key, int least) {
    Optional<JsonElement> value = element(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.get() instanceof JsonPrimitive primitive && primitive.isNumber()) {
      double number = primitive.getAsDouble();
      if (number >= least && number == Math.rint(number) && !Double.isInfinite(number)) {
        return OptionalInt.of((int) Math.min(number, Integer.MAX_VALUE));
      }
    }
    throw refuse(key, "a whole number from " + least + " is expected");
  }

  /** A text or a list of texts. */
  List<String> texts(String key) {
    Optional<JsonElement> value = element(key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof JsonArray list) {
      var texts = new ArrayList<String>();
      list.forEach(entry -> texts.add(text(key, entry)));
      return texts;
    }
    return List.of(text(key, value.get()));
  }

  /** An object inside; an empty one where there is none. */
  JsonFile object(String key) {
    Optional<JsonElement> value = element(key);
    if (value.isEmpty()) {
      return new JsonFile(source, name + ": " + key, false, new JsonObject());
    }
    if (value.get() instanceof JsonObject inner) {
      return new JsonFile(source, name + ": " + key, true, inner);
    }
    throw refuse(key, "an object is expected");
  }

  /**
   * An error about a key's value.
   *
   * @param advice what is supported, and the way out
   */
  ModelLoadException refuse(String key, String advice) {
    return new ModelLoadException(
        "%s in %s has %s for '%s'; %s".formatted(name, source, object.get(key), key, advice));
  }
}
