package dev.reranker.examples.cli.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.reranker.eval.TextLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * JSON objects, one for each line; blank lines are skipped. Errors name the source and the line.
 */
public final class JsonLines {

  /** Reads texts of any length, and nothing that is not JSON: no NaN, no key twice. */
  public static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final TextLines lines;
  private final String form;
  private JsonNode current = JSON.createObjectNode();

  /**
   * Reads what the caller opened and closes.
   *
   * @param form what a line looks like, for errors
   */
  public JsonLines(TextLines lines, String form) {
    this.lines = lines;
    this.form = form;
  }

  /** Goes to the next object. False at the end. */
  public boolean next() throws IOException {
    String line = lines.next();
    while (line != null && line.isBlank()) {
      line = lines.next();
    }
    if (line == null) {
      return false;
    }
    try {
      current = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw malformed("not JSON (" + e.getOriginalMessage() + ")");
    }
    if (!current.isObject()) {
      throw malformed("not a JSON object");
    }
    return true;
  }

  /** The current line's number, from 1. */
  public long number() {
    return lines.number();
  }

  /** The current object itself. */
  public JsonNode object() {
    return current;
  }

  /**
   * The first of these fields that is there, which must be a string or a whole number.
   *
   * @throws IOException if none is there, or it is something else or empty
   */
  public String id(String... names) throws IOException {
    String field = present(names);
    JsonNode value = current.get(field);
    if (value.isNumber() && !value.isIntegralNumber()) {
      throw malformed(
          "\"%s\" is the number %s, which may be written in several ways: write it in quotes"
              .formatted(field, value.asText()));
    }
    String id = value.isIntegralNumber() ? value.asText() : string(field, value);
    if (id.isEmpty()) {
      throw malformed("\"%s\" is empty".formatted(field));
    }
    return id;
  }

  /**
   * The first of these fields that is there, which must be a string.
   *
   * @throws IOException if none is there, or it is something else
   */
  public String text(String... names) throws IOException {
    String field = present(names);
    return string(field, current.get(field));
  }

  /** A field that may be missing or null: then empty. */
  public String optional(String field) throws IOException {
    JsonNode value = current.get(field);
    return value == null || value.isNull() ? "" : string(field, value);
  }

  /** A list of strings. */
  public List<String> texts(String field) throws IOException {
    JsonNode array = current.get(field);
    if (array == null || !array.isArray()) {
      throw malformed("\"%s\" is not a list of strings".formatted(field));
    }
    var texts = new ArrayList<String>(array.size());
    for (JsonNode text : array) {
      if (!text.isTextual()) {
        throw malformed(
            "%d of %d in \"%s\" is not a string".formatted(texts.size() + 1, array.size(), field));
      }
      texts.add(text.asText());
    }
    return texts;
  }

  private String present(String... names) throws IOException {
    for (String name : names) {
      if (current.has(name)) {
        return name;
      }
    }
    String there =
        current
            .propertyStream()
            .map(field -> "\"" + field.getKey() + "\"")
            .limit(10)
            .collect(Collectors.joining(", "));
    throw malformed(
        "\"%s\" is missing; there is %s"
            .formatted(String.join("\" or \"", names), there.isEmpty() ? "nothing" : there));
  }

  private String string(String field, JsonNode value) throws IOException {
    if (value.isNull()) {
      throw malformed("\"%s\" is null; an empty text is \"\"".formatted(field));
    }
    if (!value.isTextual()) {
      throw malformed("\"%s\" is not a string".formatted(field));
    }
    return value.asText();
  }

  /** An error in the current line. */
  public IOException malformed(String what) {
    return lines.malformed(what + "; a line has the form " + form);
  }
}
