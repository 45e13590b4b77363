package dev.reranker.onnx;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads the reference implementation's results. */
final class Goldens {

  private Goldens() {}

  static Stream<JsonObject> read(String file) {
    try (var in = Objects.requireNonNull(Goldens.class.getResourceAsStream("/golden/" + file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> JsonParser.parseString(line).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
