package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchResult;
import dev.reranker.StageScore;
import dev.reranker.examples.quickstart.LuceneJavadoc;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxMultiVectorEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** KNN, late interaction and cross-encoder together, with the real models of all three. */
class CascadeTest {

  private static final String QUESTION =
      "what happens when two processes open the same index for writing";

  private static List<Document> documents() throws Exception {
    return LuceneJavadoc.read(Path.of("target", "lucene-core-sources.jar")).stream()
        .filter(passage -> passage.id().startsWith("org.apache.lucene.index.IndexWriter"))
        .toList();
  }

  @Test
  void lateInteractionTakesTheHundredBestByMaxSimAndTheCrossEncoderTenOfThem() throws Exception {
    List<Document> documents = documents();
    assertThat(documents).as("more than the second stage keeps").hasSizeBetween(120, 900);
    try (var embedder = OnnxEmbedder.builder().model(Given.MINILM).maxLength(256).build();
        var tokens = OnnxMultiVectorEmbedder.builder().model(Given.MINILM).maxLength(256).build();
        var reranker = OnnxReranker.builder().build();
        var index =
            LuceneIndex.builder().inMemory().embedder(embedder).tokenEmbedder(tokens).build()) {
      index.add(documents);
      Map<String, Double> maxSim = maxSim(tokens, documents);

      SearchResult two =
          Pipeline.builder()
              .retrieve(index.knn(), 1000)
              .rerank(index.lateInteraction(), 100)
              .build()
              .search(QUESTION);
      assertThat(two.hits())
          .extracting(hit -> hit.document().id())
          .as("the order of MaxSim, and not KNN's")
          .containsExactlyElementsOf(best(maxSim, 100))
          .isNotEqualTo(knn(two));
      for (Hit hit : two.hits()) {
        double expected = maxSim.getOrDefault(hit.document().id(), Double.NaN);
        assertThat(hit.raw().orElseThrow()).isCloseTo(expected, within(1e-3));
      }

      SearchResult three =
          Pipeline.builder()
              .retrieve(index.knn(), 1000)
              .rerank(index.lateInteraction(), 100)
              .rerank(reranker, 10, ScoreCombiner.replace())
              .build()
              .search(QUESTION);
      List<String> texts = two.hits().stream().map(hit -> hit.document().text()).toList();
      assertThat(three.hits())
          .extracting(hit -> hit.document().text())
          .containsExactlyElementsOf(
              reranker.rerank(QUESTION, texts).hits().stream()
                  .limit(10)
                  .map(hit -> texts.get(hit.index()))
                  .toList());
      assertThat(three.hits().get(0).earlier())
          .extracting(StageScore::stage)
          .containsExactly("knn", "late-interaction");
    }
  }

  private static List<String> knn(SearchResult result) {
    return result.hits().stream()
        .sorted(Comparator.comparingInt(hit -> hit.earlier().get(0).rank()))
        .map(hit -> hit.document().id())
        .toList();
  }

  private static List<String> best(Map<String, Double> scores, int n) {
    return scores.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(n)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** For each token of the question the best (1 + cosine) / 2 in the passage, summed up. */
  private static Map<String, Double> maxSim(
      OnnxMultiVectorEmbedder tokens, List<Document> documents) {
    List<float[]> question = tokens.embedQueryTokens(QUESTION);
    List<String> texts = new ArrayList<>();
    documents.forEach(document -> texts.add(document.text()));
    List<List<float[]>> passages = tokens.embedPassageTokens(texts);
    Map<String, Double> scores = new HashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      double sum = 0;
      for (float[] q : question) {
        sum += passages.get(i).stream().mapToDouble(p -> (1 + dot(q, p)) / 2).max().orElse(0);
      }
      scores.put(documents.get(i).id(), sum);
    }
    return scores;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }
}
