package dev.reranker.examples.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** JSON objects, one a line; blank lines are skipped. Errors name the source and the line. */
final class JsonLines {

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String source;
  private final BufferedReader reader;
  private final String form;
  private int number;
  private JsonNode current = JSON.createObjectNode();

  /**
   * Reads what the caller opened and closes.
   *
   * @param source what errors call it
   * @param form what a line looks like, for errors
   */
  JsonLines(String source, BufferedReader reader, String form) {
    this.source = source;
    this.reader = reader;
    this.form = form;
  }

  /** Goes to the next object. False at the end. */
  boolean next() throws IOException {
    String line = readLine();
    while (line != null && line.isBlank()) {
      line = readLine();
    }
    if (line == null) {
      return false;
    }
    try {
      current = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw malformed("not JSON (%s)".formatted(e.getOriginalMessage()));
    }
    if (!current.isObject()) {
      throw malformed("not a JSON object");
    }
    return true;
  }

  private @Nullable String readLine() throws IOException {
    number++;
    try {
      String line = reader.readLine();
      return line != null && number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line;
    } catch (CharacterCodingException e) {
      throw malformed("not UTF-8 text here or a little further on");
    }
  }

  /** The current line's number, from 1. */
  int number() {
    return number;
  }

  /** A field that must be there: a string, or, as an id, a number. */
  String required(String field) throws IOException {
    JsonNode value = current.get(field);
    if (value == null) {
      throw malformed("\"%s\" is missing".formatted(field));
    }
    return text(field, value);
  }

  /** A field that may be missing or null: then empty. */
  String optional(String field) throws IOException {
    JsonNode value = current.get(field);
    return value == null || value.isNull() ? "" : text(field, value);
  }

  private String text(String field, JsonNode value) throws IOException {
    boolean id = field.equals("_id");
    if (!value.isTextual() && !(id && value.isIntegralNumber())) {
      throw malformed("\"%s\" is not a string".formatted(field));
    }
    String text = value.asText();
    if (id && text.isEmpty()) {
      throw malformed("\"_id\" is empty");
    }
    return text;
  }

  /** The current object itself. */
  JsonNode object() {
    return current;
  }

  IOException malformed(String what) {
    return new IOException(
        "%s:%d: %s; a line has the form %s".formatted(source, number, what, form));
  }
}
