package dev.reranker;

import java.util.Map;
import java.util.Objects;

/**
 * A text that can be found: what a retriever returns and a reranker reads.
 *
 * @param id identifies the document within its collection; not empty. Ties between equal scores are
 *     broken by comparing ids with {@link String#compareTo}.
 * @param text the passage that a reranker reads; may be empty
 * @param metadata whatever the application wants back with a hit (a title, a URL); an unmodifiable
 *     copy is kept
 */
public record Document(String id, String text, Map<String, String> metadata) {

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
    metadata = Map.copyOf(metadata);
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
}
