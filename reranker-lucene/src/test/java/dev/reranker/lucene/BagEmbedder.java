package dev.reranker.lucene;

import dev.reranker.Embedder;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Embeds a text as the normalised sum of one random direction a word; the same each time. */
record BagEmbedder(String name, int dimension) implements Embedder {

  BagEmbedder() {
    this("bag", 32);
  }

  @Override
  public float[] embedQuery(String query) {
    double[] sum = new double[dimension];
    for (String word : query.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
      if (!word.isEmpty()) {
        var random = new Random(word.hashCode());
        for (int i = 0; i < dimension; i++) {
          sum[i] += random.nextGaussian();
        }
      }
    }
    double squares = 0;
    for (double x : sum) {
      squares += x * x;
    }
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = squares == 0 ? 0 : (float) (sum[i] / Math.sqrt(squares));
    }
    return vector;
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return passages.stream().map(this::embedQuery).toList();
  }

  @Override
  public void close() {}
}
