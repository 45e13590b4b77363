package dev.reranker.lucene;

import dev.reranker.MultiVectorEmbedder;
import java.util.Arrays;
import java.util.List;

/** A token is a word, its vector the word's random direction. */
record WordsEmbedder(String name, int dimension) implements MultiVectorEmbedder {

  WordsEmbedder() {
    this("words", 16);
  }

  @Override
  public List<float[]> embedQueryTokens(String query) {
    var words = new BagEmbedder(name, dimension);
    return Arrays.stream(query.split("\\W+", -1)).map(words::embedQuery).toList();
  }

  @Override
  public List<List<float[]>> embedPassageTokens(List<String> passages) {
    return passages.stream().map(this::embedQueryTokens).toList();
  }

  @Override
  public void close() {}
}
