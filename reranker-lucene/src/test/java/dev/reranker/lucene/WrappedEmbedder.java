package dev.reranker.lucene;

import dev.reranker.Embedder;
import java.util.List;

/** Does as another embedder, but for what it overrides; its fingerprint is its own. */
interface WrappedEmbedder extends Embedder {

  /** The other one. */
  Embedder embedder();

  @Override
  default float[] embedQuery(String query) {
    return embedder().embedQuery(query);
  }

  @Override
  default List<float[]> embedPassages(List<String> passages) {
    return embedder().embedPassages(passages);
  }

  @Override
  default int dimension() {
    return embedder().dimension();
  }

  @Override
  default String name() {
    return embedder().name();
  }

  @Override
  default void close() {}
}
