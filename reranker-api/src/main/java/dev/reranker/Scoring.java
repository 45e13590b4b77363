package dev.reranker;

import dev.reranker.error.InferenceException;
import dev.reranker.internal.Checks;
import java.util.List;

/** How candidates are ordered by a scorer's raw outputs. */
final class Scoring {

  private Scoring() {}

  static RerankResult rerank(String name, Scorer scorer, RerankRequest request) {
    Checks.query(request.query());
    request.context().checkCancelled();
    var result = RerankResult.builder(request, name);
    List<String> texts = request.candidates().stream().map(hit -> hit.document().text()).toList();
    if (texts.isEmpty()) {
      return result.build();
    }
    if (request.context().deadline().expired()) {
      return result.pastDeadline().build();
    }
    float[] scores = scorer.score(request.query(), texts);
    if (scores == null || scores.length != texts.size()) {
      throw new InferenceException(
          "'%s' gave %s scores for %d passages; it must give one for each"
              .formatted(name, scores == null ? "null for" : scores.length, texts.size()));
    }
    for (int i = 0; i < scores.length; i++) {
      result.score(i, scores[i], scores[i]);
    }
    return result.build();
  }
}
