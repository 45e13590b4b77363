package dev.reranker.passage;

import dev.reranker.Document;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a passage lies in its parent: {@code parentText.substring(start, end)}, ready to highlight.
 * Kept in the metadata of the documents that a {@link PassageSplitter} makes, under the keys {@link
 * #PARENT}, {@link #START} and {@link #END}. Those keys are a format: indexes keep them, and they
 * stay as they are.
 *
 * @param parent the id of the document that the passage is part of
 * @param start where it begins, in Java chars from 0
 * @param end where it ends, exclusive; neither cuts a surrogate pair in two
 */
public record Passage(String parent, int start, int end) {

  /** The metadata key of the parent's id, a {@link String}. */
  public static final String PARENT = "passage.parent";

  /** The metadata key of the passage's start, an {@link Integer}, or a string of its digits. */
  public static final String START = "passage.start";

  /** The metadata key of the passage's end, an {@link Integer}, or a string of its digits. */
  public static final String END = "passage.end";

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the range is not within a text
   */
  public Passage {
    Objects.requireNonNull(parent, "parent");
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "start %d and end %d are no range: 0 ≤ start ≤ end".formatted(start, end));
    }
  }

  /**
   * Where a document lies in its parent.
   *
   * @param document a passage, or what {@link MaxP} made of one
   * @return its place; empty for a document that no {@link PassageSplitter} made
   * @throws IllegalArgumentException if the document has the three keys with values that are no
   *     range of a text; the message names the document
   */
  public static Optional<Passage> of(Document document) {
    Map<String, Object> metadata = document.metadata();
    return metadata.get(PARENT) instanceof String parent
            && metadata.containsKey(START)
            && metadata.containsKey(END)
        ? Optional.of(
            new Passage(
                parent,
                offset(document, START, metadata.get(START)),
                offset(document, END, metadata.get(END))))
        : Optional.empty();
  }

  /** Offsets were kept as strings once, and some stores have no other type. */
  private static int offset(Document document, String key, @Nullable Object value) {
    try {
      return value instanceof Number number
          ? Math.toIntExact(number.longValue())
          : Integer.parseInt(String.valueOf(value));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "document '%s' has '%s' under '%s'; a passage's offset is an Integer"
              .formatted(document.id(), value, key),
          e);
    }
  }

  /** The passage as a document of its own. */
  Document cut(Document from, int number) {
    Map<String, Object> metadata = new HashMap<>(from.metadata());
    metadata.put(PARENT, parent);
    metadata.put(START, start);
    metadata.put(END, end);
    return new Document(parent + "#" + number, from.text().substring(start, end), metadata);
  }
}
