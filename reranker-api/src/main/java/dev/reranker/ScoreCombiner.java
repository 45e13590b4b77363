package dev.reranker;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Makes one score out of a reranker's score and the one that the candidate had before. On a domain
 * that a weak model never saw, keeping some of the first stage does less harm than replacing it.
 */
@FunctionalInterface
public interface ScoreCombiner {

  /**
   * Combines the scores of one result list.
   *
   * @param before the scores of the stage before, in its order; higher is better
   * @param now the reranker's scores of the same documents in the same order; higher is better
   * @return the new scores in the same order; neither argument is changed
   */
  double[] combine(double[] before, double[] now);

  /**
   * The reranker's score alone: the default.
   *
   * @return the combiner
   */
  static ScoreCombiner replace() {
    return (before, now) -> now.clone();
  }

  /**
   * A weighted sum over scores that are brought to 0…1 within the candidates (min-max; equal scores
   * all count 0).
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
      double[] a = minMax(before);
      double[] b = minMax(now);
      double[] combined = new double[now.length];
      Arrays.setAll(combined, i -> (1 - weight) * a[i] + weight * b[i]);
      return combined;
    };
  }

  /**
   * Reciprocal rank fusion of the two orders with k = 60: 1 / (60 + rank before) + 1 / (60 + rank
   * now).
   *
   * @return the combiner
   * @see Retrievers#rrf(Retriever...)
   */
  static ScoreCombiner rrf() {
    return (before, now) -> {
      int[] a = ranks(before);
      int[] b = ranks(now);
      double[] combined = new double[now.length];
      Arrays.setAll(
          combined,
          i ->
              Retrievers.reciprocal(Retrievers.RRF_K, a[i])
                  + Retrievers.reciprocal(Retrievers.RRF_K, b[i]));
      return combined;
    };
  }

  private static double[] minMax(double[] scores) {
    double min = Arrays.stream(scores).min().orElse(0);
    double max = Arrays.stream(scores).max().orElse(0);
    return Arrays.stream(scores).map(s -> max > min ? (s - min) / (max - min) : 0).toArray();
  }

  /** Ranks from 1; equal scores keep their order. */
  private static int[] ranks(double[] scores) {
    int[] ranks = new int[scores.length];
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < order.length; i++) {
      ranks[order[i]] = i + 1;
    }
    return ranks;
  }
}
