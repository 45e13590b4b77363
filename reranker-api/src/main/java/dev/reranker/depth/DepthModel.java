package dev.reranker.depth;

import dev.reranker.RerankResult;
import dev.reranker.ScoreCombiner;
import java.util.Collection;
import java.util.Objects;

/**
 * How final scores fall with the first stage's rank, and how far one may still rise above what was
 * seen of its query: what {@link AdaptiveDepth} stops by. Learnt from an application's own queries,
 * without judgements; for one first stage, one reranker and one combiner.
 *
 * {@snippet :
 * List<RerankResult> full = new ArrayList<>();
 * for (String asked : List.of("how do whales sleep", "how long does a battery last")) { // some hundred
 *   List<Hit> candidates = index.bm25().retrieve(asked, 100);
 *   full.add(reranker.rerank(RerankRequest.of(asked, candidates)));
 * }
 * DepthModel model = DepthModel.fit(full, reranker.combiner());
 * Files.writeString(path.resolveSibling("depth-model.txt"), model.text());
 * }
 *
 * <p><b>The model.</b> The final score of the candidate at rank r for a query is {@code level −
 * slope · log2(r + 1) + offset + residual}. The offset is the query's own and is estimated from its
 * scored candidates, shrunk towards 0 as a random effect is (best linear unbiased prediction,
 * Henderson 1975); of the residual only the upper tail is kept, as it was observed on candidates
 * behind ranks 10, 20, 40, 80… given the scores before them. A residual above all that were
 * observed has the probability 1 / (observed + 1): a model of few queries is a careful one.
 *
 * <p>Immutable.
 */
public final class DepthModel {

  /** Of which queries' spread is no estimate. */
  private static final int FEWEST = 20;

  private final Curve curve;

  private DepthModel(Curve curve) {
    this.curve = curve;
  }

  /**
   * Learns from queries that were reranked to the full depth.
   *
   * @param results the reranker's own answer for each of at least 20 queries, some hundred are
   *     better: all candidates, none cut by a topN. Those that were not scored are left out
   * @param combiner what makes the final score; one by which a document's score does not depend on
   *     which others were scored, as for {@link ScoreCombiner#rankPrior} and {@link
   *     ScoreCombiner#replace}
   * @return the model
   * @throws IllegalArgumentException if there are fewer than 20 queries with more than 10 scored
   *     candidates, all with one score, or the combiner's scores depend on which others were scored
   */
  public static DepthModel fit(Collection<RerankResult> results, ScoreCombiner combiner) {
    Objects.requireNonNull(combiner, "combiner");
    DepthFit fit = new DepthFit();
    for (RerankResult result : results) {
      fit.add(result, combiner);
    }
    if (fit.queries() < FEWEST) {
      throw new IllegalArgumentException(
          "%d of the %d results have more than %d scored candidates; a depth model needs %d at least, some hundred are better"
              .formatted(fit.queries(), results.size(), DepthFit.FIRST, FEWEST));
    }
    return new DepthModel(fit.curve());
  }

  /** Its numbers. */
  Curve curve() {
    return curve;
  }

  /**
   * The model as one line of text, to keep in a file or a configuration.
   *
   * @return the text, which {@link #parse} reads
   */
  public String text() {
    return DepthText.of(curve);
  }

  /**
   * Reads what {@link #text()} wrote.
   *
   * @param text one line
   * @return the model
   * @throws IllegalArgumentException if it is anything else
   */
  public static DepthModel parse(String text) {
    return new DepthModel(DepthText.parse(text));
  }

  /** The same as {@link #text()}. */
  @Override
  public String toString() {
    return text();
  }
}
