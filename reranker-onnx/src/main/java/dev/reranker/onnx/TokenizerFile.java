package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
    JsonObject parts = parts(json);
    if (parts == null) {
      return json; // The tokenizer says what is wrong with it.
    }
    JsonObject normalizer = object(parts, "normalizer");
    rules.check(normalizer, object(parts, "pre_tokenizer"), file.name());
    return rules.lowerCase() && !TokenizerRules.lowerCases(normalizer) ? withLowercase(json) : json;
  }

  private static JsonObject object(JsonObject parts, String key) {
    return parts.get(key) instanceof JsonObject object ? object : new JsonObject();
  }

  /**
   * Normalizer and pre-tokenizer, which stand before the large vocabulary; null if not to be read.
   */
  private static @Nullable JsonObject parts(byte[] json) {
    var parts = new JsonObject();
    try (var reader =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8))) {
      reader.beginObject();
      while (reader.hasNext() && parts.size() < 2) {
        String key = reader.nextName();
        if (Set.of("normalizer", "pre_tokenizer").contains(key)) {
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
