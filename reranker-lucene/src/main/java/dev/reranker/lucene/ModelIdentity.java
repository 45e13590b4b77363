package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;

/** What an index must know of a model whose vectors it keeps. */
record ModelIdentity(String name, int dimension) {

  static ModelIdentity of(Embedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension());
  }

  static ModelIdentity of(MultiVectorEmbedder embedder) {
    return new ModelIdentity(embedder.name(), embedder.dimension());
  }
}
