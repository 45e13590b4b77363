package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.Arrays;
import java.util.List;

/**
 * Makes one score out of what a reranker said of a document and what was known of it before. On a
 * domain that a weak model never saw, keeping some of the first stage does less harm than replacing
 * it. A pipeline that is given none takes the reranker's own, {@link Reranker#combiner()}.
 *
 * {@snippet :
 * ScoreCombiner fresh = hits -> hits.stream() // newer documents first, among equally good ones
 *     .mapToDouble(hit -> hit.score() + 0.01 * hit.document().metadata("year", Integer.class).orElse(0))
 *     .toArray();
 * }
 *
 * <p>Only documents that the reranker scored are combined: those that it did not score have nothing
 * to combine and stand behind the others.
 */
@FunctionalInterface
public interface ScoreCombiner {

  /**
   * Combines the scores of one result list.
   *
   * @param hits the documents that the reranker scored, at least one, in the order of the stage
   *     before; unmodifiable. What the reranker said is each hit's {@link Hit#current()}, what the
   *     stage before said the last of its {@link Hit#earlier()}
   * @return one score for each document, in the same order; higher is better. Another number of
   *     scores is an {@link IllegalArgumentException} of the search, NaN or infinity an {@link
   *     InferenceException}; equal scores keep the order of the stage before
   */
  double[] combine(List<Hit> hits);

  /**
   * {@link #combine} with its result checked: what stages call.
   *
   * @param hits the documents that the reranker scored, in the order of the stage before
   * @return one finite score for each document, in the same order; none for no document
   * @throws IllegalArgumentException if the combiner gives another number of scores
   * @throws InferenceException if it gives NaN or infinity
   */
  default double[] combined(List<Hit> hits) {
    if (hits.isEmpty()) {
      return new double[0];
    }
    double[] scores = combine(List.copyOf(hits));
    if (scores == null || scores.length != hits.size()) {
      throw new IllegalArgumentException(
          "the combiner gave %s scores for %d documents; it must give one for each"
              .formatted(scores == null ? "null for" : scores.length, hits.size()));
    }
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new InferenceException(
            "the combiner gave %s for document %d of %d (%s): no rank can be made of it"
                .formatted(scores[i], i, scores.length, hits.get(i)));
      }
    }
    return scores;
  }

  /**
   * The reranker's score alone: what a {@linkplain Reranker#combiner() reranker} asks for unless it
   * knows better.
   *
   * @return the combiner
   */
  static ScoreCombiner replace() {
    // One object, by which a pipeline knows that nothing is combined.
    enum Replace implements ScoreCombiner {
      INSTANCE;

      @Override
      public double[] combine(List<Hit> hits) {
        return hits.stream().mapToDouble(Hit::score).toArray();
      }
    }
    return Replace.INSTANCE;
  }

  /**
   * A weighted sum over scores that are brought to 0…1 within the candidates (min-max; equal scores
   * all count 0). A document's score therefore depends on which others were scored. One that the
   * stage before passed on without scoring it counts 0 there.
   *
   * @param weight the reranker's weight, from 0 (first stage alone) to 1 (reranker alone)
   * @return the combiner
   * @throws IllegalArgumentException if the weight is outside 0…1
   */
  static ScoreCombiner weighted(double weight) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException("weight is " + weight + "; it lies between 0 and 1");
    }
    return hits -> {
      double[] before = Combiners.scoresBefore(hits);
      double[] now = Combiners.minMax(hits, Hit::score, 0);
      double[] combined = new double[hits.size()];
      Arrays.setAll(combined, i -> (1 - weight) * before[i] + weight * now[i]);
      return combined;
    };
  }

  /**
   * Reciprocal rank fusion of the two orders with k = 60: 1 / (60 + rank before) + 1 / (60 + rank
   * now), by the ranks that the two stages gave.
   *
   * @return the combiner
   * @see Fusion#rrf(Retriever...)
   */
  static ScoreCombiner rrf() {
    return hits ->
        hits.stream()
            .mapToDouble(
                hit ->
                    Combiners.reciprocal(Combiners.RRF_K, hit.earlier().getLast().rank())
                        + Combiners.reciprocal(Combiners.RRF_K, hit.rank()))
            .toArray();
  }

  /**
   * The logit less {@code weight} · log2(rank + 1), the rank being the one that the stage before
   * gave (after a fusion the fused one, in a cascade the one that the reranker before gave, or the
   * one by the combined scores): a power-law prior over ranks, on the logit's scale. Rank 1 costs
   * {@code weight}, rank 3 twice that, rank 7 three times. A document's score does not depend on
   * which others were scored, so partial results, pages and cached scores agree; it is no
   * probability.
   *
   * @param weight how many logits each doubling of rank + 1 costs, at least 0 (the logit alone); 1
   *     is a good start
   * @return the combiner; a document whose reranker gave no {@linkplain Hit#raw() raw output} is an
   *     {@link IllegalArgumentException} of the search
   * @throws IllegalArgumentException if the weight is negative or not finite
   */
  static ScoreCombiner rankPrior(double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "weight is " + weight + "; it is at least 0 and finite, 1 for example");
    }
    return hits ->
        hits.stream()
            .mapToDouble(
                hit ->
                    Combiners.logit(hit)
                        - weight * Combiners.log2(hit.earlier().getLast().rank() + 1.0))
            .toArray();
  }
}
