package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.Arrays;
import java.util.List;

/**
 * Makes one score out of what a reranker said and what the stage before it said. On a domain that a
 * weak model never saw, keeping some of the first stage does less harm than replacing it.
 *
 * <p>Only documents that the reranker scored are combined: those that it did not score have nothing
 * to combine and stand behind the others.
 */
@FunctionalInterface
public interface ScoreCombiner {

  /**
   * Combines the scores of one result list.
   *
   * @param before what the stage before said of each document, in that stage's order; unmodifiable
   * @param now what the reranker said of the same documents, in the same order; unmodifiable
   * @return one score for each document, in the same order; higher is better. Another number of
   *     scores is an {@link IllegalArgumentException} of the search, NaN or infinity an {@link
   *     InferenceException}; equal scores keep the order of the stage before
   */
  double[] combine(List<StageScore> before, List<StageScore> now);

  /**
   * {@link #combine} with its result checked: what stages call.
   *
   * @param before what the stage before said of each document
   * @param now what the reranker said of the same documents, in the same order
   * @return one finite score for each document, in the same order
   * @throws IllegalArgumentException if the combiner gives another number of scores
   * @throws InferenceException if it gives NaN or infinity
   */
  default double[] combined(List<StageScore> before, List<StageScore> now) {
    double[] scores = combine(List.copyOf(before), List.copyOf(now));
    if (scores.length != now.size()) {
      throw new IllegalArgumentException(
          "the combiner gave %d scores for %d documents; it must give one for each"
              .formatted(scores.length, now.size()));
    }
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new InferenceException(
            "the combiner gave %s for document %d of %d (%s, then %s): no rank can be made of it"
                .formatted(scores[i], i, scores.length, before.get(i), now.get(i)));
      }
    }
    return scores;
  }

  /**
   * The reranker's score alone: the default.
   *
   * @return the combiner
   */
  static ScoreCombiner replace() {
    // One object, by which a pipeline knows that nothing is combined.
    enum Replace implements ScoreCombiner {
      INSTANCE;

      @Override
      public double[] combine(List<StageScore> before, List<StageScore> now) {
        return now.stream().mapToDouble(StageScore::score).toArray();
      }
    }
    return Replace.INSTANCE;
  }

  /**
   * A weighted sum over scores that are brought to 0…1 within the candidates (min-max; equal scores
   * all count 0). A document's score therefore depends on which others were scored.
   *
   * @param weight the reranker's weight, from 0 (first stage alone) to 1 (reranker alone)
   * @return the combiner
   * @throws IllegalArgumentException if the weight is outside 0…1
   */
  static ScoreCombiner weighted(double weight) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException("weight is " + weight + "; it lies between 0 and 1");
    }
    return (before, now) -> {
      double[] a = Combiners.minMax(before, StageScore::score, 0);
      double[] b = Combiners.minMax(now, StageScore::score, 0);
      double[] combined = new double[now.size()];
      Arrays.setAll(combined, i -> (1 - weight) * a[i] + weight * b[i]);
      return combined;
    };
  }

  /**
   * Reciprocal rank fusion of the two orders with k = 60: 1 / (60 + rank before) + 1 / (60 + rank
   * now).
   *
   * @return the combiner
   * @see Fusion#rrf(Retriever...)
   */
  static ScoreCombiner rrf() {
    return (before, now) -> {
      int[] a = Combiners.ranks(before);
      int[] b = Combiners.ranks(now);
      double[] combined = new double[now.size()];
      Arrays.setAll(
          combined,
          i ->
              Combiners.reciprocal(Combiners.RRF_K, a[i])
                  + Combiners.reciprocal(Combiners.RRF_K, b[i]));
      return combined;
    };
  }
}
