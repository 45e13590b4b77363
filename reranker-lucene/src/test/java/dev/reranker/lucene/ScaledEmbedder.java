package dev.reranker.lucene;

import dev.reranker.Embedder;
import java.util.List;

/** Another embedder's vectors, made longer or shorter. */
record ScaledEmbedder(Embedder embedder, float factor) implements WrappedEmbedder {

  @Override
  public float[] embedQuery(String query) {
    float[] vector = embedder.embedQuery(query);
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
    return vector;
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return passages.stream().map(this::embedQuery).toList();
  }
}
