package dev.reranker.examples;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import java.util.List;

/** A vector a word: what a snippet needs of a token embedder, and no more. */
record WordEmbedder(Embedder words) implements MultiVectorEmbedder {

  @Override
  public List<float[]> embedQueryTokens(String query) {
    return words.embedPassages(List.of(query.split(" ", -1)));
  }

  @Override
  public List<List<float[]>> embedPassageTokens(List<String> passages) {
    return passages.stream().map(this::embedQueryTokens).toList();
  }

  @Override
  public int dimension() {
    return words.dimension();
  }

  @Override
  public String name() {
    return words.name() + ", a word each";
  }

  @Override
  public void close() {}
}
