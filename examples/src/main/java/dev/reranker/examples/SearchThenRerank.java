package dev.reranker.examples;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxReranker;
import java.util.List;

/** Searches with Lucene, then reranks what it found by passages that were prepared when added. */
final class SearchThenRerank {

  private SearchThenRerank() {}

  /** Run with {@code --enable-native-access=ALL-UNNAMED}. */
  public static void main(String[] args) {
    try (var reranker = OnnxReranker.builder().build();
        var index = LuceneIndex.builder().inMemory().prepare(reranker).build()) {
      index.add(
          List.of(
              Document.of("size", "Blue whales are the largest animals: how do whales get so big?"),
              Document.of("apnea", "Sleep apnea is a disorder in which breathing stops."),
              Document.of("sleep", "Whales sleep with one half of the brain at a time.")));
      Pipeline pipeline =
          Pipeline.builder().retrieve(index.bm25(), 100).rerank(reranker, 10).build();
      for (Hit hit : pipeline.search("how do whales sleep").hits()) {
        System.out.println(hit.rank() + " " + hit.document().id() + ", before " + hit.earlier());
      }
    }
  }
}
