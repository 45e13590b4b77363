package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which model an index has vectors of.
 *
 * @param name for messages
 * @param fingerprint what tells the model from others; null: the index was made before fingerprints
 *     were kept
 */
record ModelIdentity(String name, int dimension, @Nullable String fingerprint) {

  static ModelIdentity of(Embedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension(), embedder.fingerprint());
  }

  static ModelIdentity of(MultiVectorEmbedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension(), embedder.fingerprint());
  }

  /** Whether both are one model: by fingerprint, or by name where one of them has none. */
  boolean isSameAs(ModelIdentity other) {
    boolean byName = fingerprint == null || other.fingerprint == null;
    return dimension == other.dimension
        && (byName ? name.equals(other.name) : Objects.equals(fingerprint, other.fingerprint));
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
