package dev.reranker;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * What a reranker answers.
 *
 * @param documents best first, ranks 1, 2, 3…; equal scores in first-stage order; unmodifiable
 * @param stats what the call did
 */
public record RerankResult(List<RankedDocument> documents, RerankStats stats) {

  /** Copies the list. */
  public RerankResult {
    documents = List.copyOf(documents);
    Objects.requireNonNull(stats, "stats");
  }

  /**
   * The result of a reranker that scored every candidate: sorted, cut to the request's topN, ranks
   * given. For those who implement {@link Reranker}.
   *
   * @param request what was asked
   * @param stage the reranker's name
   * @param logits one raw output a candidate, in the request's order; copied from
   * @param activation makes a logit a score; must never fall where the logit rises
   * @param truncated the positions, in the request's order, of the passages that were cut
   * @param stats what the call did
   * @return higher logit first, equal ones by the candidate's rank, then its id
   * @throws InferenceException if a logit is NaN or infinite
   * @throws IllegalArgumentException if there is not one logit a candidate
   */
  public static RerankResult ranked(
      RerankRequest request,
      String stage,
      float[] logits,
      DoubleUnaryOperator activation,
      BitSet truncated,
      RerankStats stats) {
    List<Candidate> candidates = request.candidates();
    if (logits.length != candidates.size()) {
      throw new IllegalArgumentException(
          logits.length + " logits for " + candidates.size() + " candidates");
    }
    var order = new ArrayList<Integer>(logits.length);
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new InferenceException(
            "'%s' gave %s for candidate %d of %d (id '%s'): the model is damaged or overflows"
                .formatted(stage, logits[i], i, logits.length, candidates.get(i).document().id()));
      }
      order.add(i);
    }
    order.sort(
        Comparator.comparingDouble((Integer i) -> -logits[i])
            .thenComparingInt(i -> candidates.get(i).rank())
            .thenComparing(i -> candidates.get(i).document().id()));
    var documents = new ArrayList<RankedDocument>(Math.min(request.topN(), logits.length));
    for (int i : order.subList(0, Math.min(request.topN(), logits.length))) {
      var place = new StageScore(stage, documents.size() + 1, activation.applyAsDouble(logits[i]));
      documents.add(
          new RankedDocument(candidates.get(i).then(place), logits[i], i, true, truncated.get(i)));
    }
    return new RerankResult(documents, stats);
  }
}
