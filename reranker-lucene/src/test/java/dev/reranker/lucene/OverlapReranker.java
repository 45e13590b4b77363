package dev.reranker.lucene;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.RerankStats;
import dev.reranker.Reranker;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * Scores a passage by how many of the query's words it has, minus a tenth of its number of words;
 * the activation is the sigmoid; passages above ten words count as truncated.
 */
final class OverlapReranker implements Reranker {

  private volatile boolean closed;

  static float logit(String query, String passage) {
    List<String> words = words(passage);
    long shared = words(query).stream().filter(words::contains).count();
    return shared - words.size() / 10f;
  }

  static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  private static List<String> words(String text) {
    return List.of(text.split("\\s+", -1));
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (request.query().isBlank()) {
      throw new IllegalArgumentException("the query is blank");
    }
    int n = request.candidates().size();
    float[] logits = new float[n];
    var truncated = new BitSet();
    for (int i = 0; i < n; i++) {
      String text = request.candidates().get(i).document().text();
      logits[i] = logit(request.query(), text);
      truncated.set(i, words(text).size() > 10);
    }
    var stats = new RerankStats(n, 0, truncated.cardinality(), n, n, Duration.ZERO);
    return RerankResult.ranked(request, name(), logits, OverlapReranker::sigmoid, truncated, stats);
  }

  @Override
  public String name() {
    return "overlap";
  }

  @Override
  public void close() {
    closed = true;
  }
}
