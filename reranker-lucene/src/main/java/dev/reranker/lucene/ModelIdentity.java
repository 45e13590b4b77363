package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which model an index has vectors of.
 *
 * @param name for messages
 * @param fingerprint what tells the model from others; null: none known, since the index was made
 *     before fingerprints were kept, or the embedder only has the default of name and dimension,
 *     which says no more than those
 */
record ModelIdentity(String name, int dimension, @Nullable String fingerprint) {

  ModelIdentity {
    if ((name + "/" + dimension).equals(fingerprint)) {
      fingerprint = null;
    }
  }

  static ModelIdentity of(Embedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension(), embedder.fingerprint());
  }

  static ModelIdentity of(MultiVectorEmbedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension(), embedder.fingerprint());
  }

  /**
   * Whether another is the model that this is of an index: by fingerprint, or by name where the
   * index knows none. What has none itself does not pass for a model that is known by one.
   */
  boolean isSameAs(ModelIdentity other) {
    return dimension == other.dimension
        && (fingerprint == null
            ? name.equals(other.name)
            : Objects.equals(fingerprint, other.fingerprint));
  }

  /** As it goes on: what an old index knows of its model is completed by the model itself. */
  ModelIdentity completedBy(ModelIdentity same) {
    return fingerprint == null ? same : this;
  }

  @Override
  public String toString() {
    return fingerprint == null
        ? "'%s' (dimension %d)".formatted(name, dimension)
        : "'%s' (dimension %d, fingerprint %s)".formatted(name, dimension, fingerprint);
  }
}
