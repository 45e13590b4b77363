package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;

/** What an index must know of a model whose vectors it keeps. */
record Model(String name, int dimension) {

  static Model of(Embedder embedder) {
    return new Model(embedder.name(), embedder.dimension());
  }

  static Model of(MultiVectorEmbedder embedder) {
    return new Model(embedder.name(), embedder.dimension());
  }
}
