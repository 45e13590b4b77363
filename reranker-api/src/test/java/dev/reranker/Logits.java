package dev.reranker;

import java.util.Map;

/**
 * A reranker that gives each text the logit it was told, its sigmoid as the score, and asks for a
 * combiner.
 */
record Logits(String name, Map<String, Double> byText, ScoreCombiner combiner) implements Reranker {

  /** One that joins with the order before it. */
  static Logits withPrior(String name, Map<String, Double> byText) {
    return new Logits(name, byText, ScoreCombiner.rankPrior(1));
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    var result = RerankResult.builder(request, name);
    for (int i = 0; i < request.candidates().size(); i++) {
      String text = request.candidates().get(i).document().text();
      double logit = byText.getOrDefault(text, 0.0);
      result.score(i, 1 / (1 + Math.exp(-logit)), logit);
    }
    return result.build();
  }
}
