package dev.reranker.onnx;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.reranker.error.ModelLoadException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids that a {@code tokenizer.json} gives to some tokens, looked up by their names as
 * Transformers' {@code convert_tokens_to_ids} does.
 */
final class Vocabulary {

  private final Map<String, Integer> ids = new HashMap<>();
  private final Set<String> wanted;
  private @Nullable String unknown;
  private OptionalInt unknownId = OptionalInt.empty();

  private Vocabulary(Set<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * Looks tokens up.
   *
   * @param unknown the token that stands for all others, if the model's files name one
   */
  static Vocabulary of(ModelFile tokenizer, Set<String> wanted, Optional<String> unknown) {
    var found = new Vocabulary(wanted);
    found.unknown = unknown.orElse(null);
    byte[] json = tokenizer.readTokenizer();
    try (var reader =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8))) {
      found.root(reader);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new ModelLoadException(
          "%s is no tokenizer that can be read (%s): get the file again"
              .formatted(tokenizer.name(), e.getMessage()),
          e);
    }
    return found;
  }

  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The token's id, or that of the unknown token if there is one. */
  OptionalInt idOrUnknown(String token) {
    OptionalInt id = id(token);
    if (id.isPresent()) {
      return id;
    }
    return unknown != null && id(unknown).isPresent() ? id(unknown) : unknownId;
  }

  private void root(JsonReader reader) throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "added_tokens" -> added(reader);
        case "model" -> model(reader);
        default -> reader.skipValue();
      }
    }
  }

  private void added(JsonReader reader) throws IOException {
    reader.beginArray();
    while (reader.hasNext()) {
      int id = -1;
      String content = "";
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "id" -> id = reader.nextInt();
          case "content" -> content = reader.nextString();
          default -> reader.skipValue();
        }
      }
      reader.endObject();
      note(content, id);
    }
    reader.endArray();
  }

  private void model(JsonReader reader) throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (key.equals("vocab") && reader.peek() == JsonToken.BEGIN_OBJECT) {
        reader.beginObject();
        while (reader.hasNext()) {
          note(reader.nextName(), reader.nextInt());
        }
        reader.endObject();
      } else if (key.equals("vocab") && reader.peek() == JsonToken.BEGIN_ARRAY) {
        pieces(reader);
      } else if (key.equals("unk_token") && reader.peek() == JsonToken.STRING) {
        String token = reader.nextString();
        unknown = unknown == null ? token : unknown;
      } else if (key.equals("unk_id") && reader.peek() == JsonToken.NUMBER) {
        unknownId = OptionalInt.of(reader.nextInt());
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  /** Of Unigram: pairs of a piece and its score, the place is the id. */
  private void pieces(JsonReader reader) throws IOException {
    reader.beginArray();
    for (int id = 0; reader.hasNext(); id++) {
      reader.beginArray();
      note(reader.nextString(), id);
      reader.skipValue();
      reader.endArray();
    }
    reader.endArray();
  }

  private void note(String token, int id) {
    if (wanted.contains(token) || token.equals(unknown)) {
      ids.putIfAbsent(token, id);
    }
  }
}
