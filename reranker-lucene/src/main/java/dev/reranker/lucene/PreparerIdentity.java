package dev.reranker.lucene;

import org.jspecify.annotations.Nullable;

/**
 * What the prepared passages of an index were made by.
 *
 * @param name for messages
 * @param fingerprint what tells them from those of others
 */
record PreparerIdentity(String name, String fingerprint) {

  static PreparerIdentity of(IndexPreparer preparer) {
    return new PreparerIdentity(preparer.model().name(), preparer.fingerprint());
  }

  /** As an index has kept it; null: it has not. */
  static @Nullable PreparerIdentity of(@Nullable String name, @Nullable String fingerprint) {
    return name == null || fingerprint == null ? null : new PreparerIdentity(name, fingerprint);
  }

  boolean isSameAs(PreparerIdentity other) {
    return fingerprint.equals(other.fingerprint);
  }

  @Override
  public String toString() {
    return "'%s' (fingerprint %s)".formatted(name, fingerprint);
  }
}
