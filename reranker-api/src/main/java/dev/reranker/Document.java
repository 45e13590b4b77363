package dev.reranker;

import dev.reranker.prepared.PreparedPassage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text that can be found: what a retriever returns and a reranker reads. Immutable; equal to
 * another with the same id, text and metadata.
 *
 * <p>It may carry what a reranker {@linkplain #withPrepared prepared} of its text. That travels
 * with it through retrievers, fusions and stages, and changes nothing but the time that a reranker
 * takes.
 */
public final class Document {

  private final String id;
  private final String text;
  private final Map<String, Object> metadata;
  private final @Nullable PreparedPassage prepared;

  /**
   * A document.
   *
   * @param id identifies the document within its collection; not empty. Two hits with one id are
   *     one document. Ties between equal scores are broken by comparing ids with {@link
   *     String#compareTo}.
   * @param text the passage that a reranker reads; may be empty
   * @param metadata whatever the application wants back with a hit (a title, a page number, an
   *     object of its own), with its Java types; an unmodifiable copy of the map is kept, in its
   *     order; the values are not copied
   * @throws IllegalArgumentException if {@code id} is empty
   * @throws NullPointerException if an argument, or a key or value of the metadata, is null
   */
  public Document(String id, String text, Map<String, Object> metadata) {
    this(id, text, copy(metadata), null);
    if (id.isEmpty()) {
      throw new IllegalArgumentException("a document's id must not be empty");
    }
  }

  private Document(
      String id, String text, Map<String, Object> metadata, @Nullable PreparedPassage prepared) {
    this.id = Objects.requireNonNull(id, "id");
    this.text = Objects.requireNonNull(text, "text");
    this.metadata = metadata;
    this.prepared = prepared;
  }

  private static Map<String, Object> copy(Map<String, Object> metadata) {
    Objects.requireNonNull(metadata, "metadata");
    metadata.forEach(
        (key, value) -> {
          Objects.requireNonNull(key, "a key of the metadata");
          Objects.requireNonNull(value, () -> "the value of metadata '" + key + "'");
        });
    return Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
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
   * What identifies it within its collection.
   *
   * @return the id, not empty
   */
  public String id() {
    return id;
  }

  /**
   * The passage that a reranker reads.
   *
   * @return the text; may be empty
   */
  public String text() {
    return text;
  }

  /**
   * What the application wants back with a hit.
   *
   * @return the entries, in the order they were given; unmodifiable
   */
  public Map<String, Object> metadata() {
    return metadata;
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

  /**
   * What a reranker prepared of the text.
   *
   * @return the prepared passage; empty where there is none, and the text is read
   */
  public Optional<PreparedPassage> prepared() {
    return Optional.ofNullable(prepared);
  }

  /**
   * This document with what a reranker prepared of its text. That it belongs to this text is the
   * caller's word.
   *
   * @param prepared the prepared passage
   * @return the document
   */
  public Document withPrepared(PreparedPassage prepared) {
    return new Document(id, text, metadata, Objects.requireNonNull(prepared, "prepared"));
  }

  /**
   * This document with the {@linkplain PreparedPassage#bytes() bytes} of what a reranker prepared
   * of its text.
   *
   * @param prepared the bytes
   * @return the document
   * @throws IllegalArgumentException if they are not such bytes, of another version, or cut short;
   *     the message names the document
   */
  public Document withPrepared(byte[] prepared) {
    Objects.requireNonNull(prepared, "prepared");
    try {
      return withPrepared(PreparedPassage.of(prepared));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("document '" + id + "': " + e.getMessage(), e);
    }
  }

  /**
   * This document under another id, with the same text, metadata and prepared passage.
   *
   * @param other the id; not empty
   * @return the document
   * @throws IllegalArgumentException if it is empty
   */
  public Document withId(String other) {
    var renamed = new Document(other, text, metadata);
    return prepared == null ? renamed : renamed.withPrepared(prepared);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Document that
        && id.equals(that.id)
        && text.equals(that.text)
        && metadata.equals(that.metadata);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, text, metadata);
  }

  /** For people: id, text and metadata. */
  @Override
  public String toString() {
    return "Document[id=" + id + ", text=" + text + ", metadata=" + metadata + "]";
  }
}
