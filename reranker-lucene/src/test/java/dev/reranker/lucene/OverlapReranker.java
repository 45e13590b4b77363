package dev.reranker.lucene;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.error.CancelledException;
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
    if (request.context().cancelled()) {
      throw new CancelledException("cancelled");
    }
    var result = RerankResult.builder(request, name());
    int n = request.candidates().size();
    for (int i = 0; i < n; i++) {
      String text = request.candidates().get(i).document().text();
      float logit = logit(request.query(), text);
      result.score(i, sigmoid(logit), logit);
      if (words(text).size() > 10) {
        result.truncated(i);
      }
    }
    return result.tokens(n, n).build();
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
