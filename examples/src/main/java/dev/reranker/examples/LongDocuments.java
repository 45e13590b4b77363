package dev.reranker.examples;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.Reranker;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.passage.MaxP;
import dev.reranker.passage.Passage;
import dev.reranker.passage.PassageSplitter;
import dev.reranker.passage.Windows;
import java.util.List;
import java.util.Map;

/** Ranks documents by their best passage, and marks it in the document. */
final class LongDocuments {

  private static final Map<String, String> TEXTS =
      Map.of(
          "whales",
          "Whales are mammals. They came from land 50 million years ago. Sleeping whales hang"
              + " upright in the water, and one half of their brain stays awake. Some eat krill.",
          "bats",
          "Bats are mammals too. By day they sleep in caves. At night they hunt for moths.");

  private LongDocuments() {}

  /** Run with {@code --enable-native-access=ALL-UNNAMED}. */
  public static void main(String[] args) {
    try (var reranker = OnnxReranker.builder().build();
        var index = LuceneIndex.builder().inMemory().prepare(reranker).build()) {
      var splitter =
          PassageSplitter.builder()
              .maxTokens(20)
              .overlap(0)
              .tokenCounter(reranker::countTokens)
              .build();
      TEXTS.forEach(
          (id, text) ->
              index.replace(LuceneIndex.passagesOf(id), splitter.split(Document.of(id, text))));
      Pipeline pipeline =
          Pipeline.builder().retrieve(index.bm25(), 100).rerank(MaxP.of(reranker), 10).build();
      for (Hit hit : pipeline.search("how do whales sleep").hits()) {
        Passage best = Passage.of(hit.document()).orElseThrow();
        var marked = new StringBuilder(TEXTS.getOrDefault(best.parent(), ""));
        marked.insert(best.end(), "]").insert(best.start(), "[");
        System.out.println(hit.rank() + " " + best.parent() + ": " + marked);
      }
      // Indexed whole, documents are read in windows of tokens when they are ranked.
      Reranker windows =
          Windows.builder(reranker, reranker::tokenSpans).tokens(20).stride(15).build();
      List<String> texts = List.copyOf(TEXTS.values());
      for (Hit hit : windows.rerank("how do whales sleep", texts).hits()) {
        System.out.println(hit.rank() + " " + hit.document().text());
      }
    }
  }
}
