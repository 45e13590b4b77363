package dev.reranker.lucene;

import dev.reranker.Embedder;
import java.util.List;

/** Another embedder's vectors, made longer or shorter. */
record ScaledEmbedder(Embedder embedder, float factor) implements Embedder {

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

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public String name() {
    return embedder.name();
  }

  @Override
  public void close() {}
}
