package dev.reranker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A text that can be found: what a retriever returns and a reranker reads.
 *
 * @param id identifies the document within its collection; not empty. Two hits with one id are one
 *     document. Ties between equal scores are broken by comparing ids with {@link
 *     String#compareTo}.
 * @param text the passage that a reranker reads; may be empty
 * @param metadata whatever the application wants back with a hit (a title, a page number, an object
 *     of its own), with its Java types; an unmodifiable copy of the map is kept, in its order; the
 *     values are not copied
 */
public record Document(String id, String text, Map<String, Object> metadata) {

  /**
   * Checks and copies the components.
   *
   * @throws IllegalArgumentException if {@code id} is empty
   * @throws NullPointerException if a component, or a key or value of the metadata, is null
   */
  public Document {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(text, "text");
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a document's id must not be empty");
    }
    metadata.forEach(
        (key, value) -> {
          Objects.requireNonNull(key, "a key of the metadata");
          Objects.requireNonNull(value, () -> "the value of metadata '" + key + "'");
        });
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * A document without metadata.
   *
   * @param id identifies the document
   * @param text the passage
   * @return the document
   */
  public static Document of(String id, String text) {
    return new Document(id, text, Map.of());
  }

  /**
   * One entry of the metadata, by its type.
   *
   * @param key the entry's key
   * @param type what its value is
   * @param <T> what its value is
   * @return the value; empty where there is no such entry
   * @throws IllegalArgumentException if the value is of another type; the message names both
   */
  public <T> Optional<T> metadata(String key, Class<T> type) {
    return Values.as("metadata '" + key + "' of document '" + id + "'", metadata.get(key), type);
  }
}
