package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import dev.reranker.error.ModelLoadException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@code tokenizer.json} before it is loaded: checked, and changed where a file asks for it. */
final class TokenizerFile {

  private TokenizerFile() {}

  /**
   * Reads the file.
   *
   * @param rules what it is checked against, and whether it is to make small letters
   */
  static byte[] prepare(ModelFile file, TokenizerRules rules) {
    byte[] json = file.readTokenizer();
    JsonObject parts = parts(json, file);
    if (parts == null) {
      return json; // The tokenizer says what is wrong with it.
    }
    requireQuickPatterns(parts, file);
    JsonObject normalizer = object(parts, "normalizer");
    rules.check(normalizer, object(parts, "pre_tokenizer"), file.name());
    return rules.lowerCase() && !TokenizerRules.lowerCases(normalizer) ? withLowercase(json) : json;
  }

  private static JsonObject object(JsonObject parts, String key) {
    return parts.get(key) instanceof JsonObject object ? object : new JsonObject();
  }

  /** Native code matches texts against these, and ends the process where that takes too long. */
  private static void requireQuickPatterns(JsonElement part, ModelFile file) {
    if (part instanceof JsonArray list) {
      list.forEach(each -> requireQuickPatterns(each, file));
    } else if (part instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        if (entry.getKey().equals("Regex") && entry.getValue() instanceof JsonPrimitive text) {
          Optional<String> fault = PatternGuard.fault(text.getAsString());
          if (fault.isPresent()) {
            throw new ModelLoadException(
                "%s splits or changes texts by the pattern '%s', which on some text takes too long (%s): write it without"
                    .formatted(file.name(), text.getAsString(), fault.get()));
          }
        }
        requireQuickPatterns(entry.getValue(), file);
      }
    }
  }

  /** Normalizer and pre-tokenizer, wherever they stand; null if not to be read. */
  private static @Nullable JsonObject parts(byte[] json, ModelFile file) {
    var parts = new JsonObject();
    try (var reader =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8))) {
      reader.beginObject();
      while (reader.hasNext()) {
        String key = reader.nextName();
        if (Set.of("normalizer", "pre_tokenizer").contains(key)) {
          if (parts.has(key)) {
            throw new ModelLoadException(
                file.name() + " has the key '" + key + "' twice: get the file again");
          }
          parts.add(key, JsonParser.parseReader(reader));
        } else {
          reader.skipValue();
        }
      }
      return parts;
    } catch (IOException | IllegalStateException | JsonParseException e) {
      return null;
    }
  }

  /** Puts a step before the normalizer, as sentence-transformers does. */
  private static byte[] withLowercase(byte[] json) {
    JsonObject tokenizer =
        JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
    var lowercase = new JsonObject();
    lowercase.addProperty("type", "Lowercase");
    var steps = new JsonArray();
    steps.add(lowercase);
    JsonElement present = tokenizer.get("normalizer");
    if (present instanceof JsonObject object
        && object.get("normalizers") instanceof JsonArray parts) {
      steps.addAll(parts);
    } else if (present instanceof JsonObject) {
      steps.add(present);
    }
    var sequence = new JsonObject();
    sequence.addProperty("type", "Sequence");
    sequence.add("normalizers", steps);
    tokenizer.add("normalizer", sequence);
    return tokenizer.toString().getBytes(StandardCharsets.UTF_8);
  }
}
