package dev.reranker.passage;

import dev.reranker.StageScore;
import java.util.Comparator;
import java.util.List;

/**
 * How the scores of a document's windows make the score of the document. Immutable.
 *
 * <p>Sources: FirstP and MaxP of Dai and Callan, "Deeper Text Understanding for IR with Contextual
 * Neural Language Modeling", SIGIR 2019; the mean of the best few of Zhang, Yilmaz and others,
 * "Comparing Score Aggregation Approaches for Document Retrieval with Pretrained Transformers",
 * ECIR 2021.
 */
public final class Aggregation {

  /** The better score first; where an activation has rounded, the better raw output. */
  static final Comparator<StageScore> BEST_FIRST =
      Comparator.comparingDouble(StageScore::score)
          .thenComparingDouble(score -> score.raw().orElse(0))
          .reversed();

  private final String name;
  private final int best;
  private final boolean first;

  private Aggregation(String name, int best, boolean first) {
    this.name = name;
    this.best = best;
    this.first = first;
  }

  /**
   * A document is as good as its best window.
   *
   * @return the aggregation
   */
  public static Aggregation max() {
    return new Aggregation("max", 1, false);
  }

  /**
   * A document is as good as its first window; the others are not scored at all.
   *
   * @return the aggregation
   */
  public static Aggregation first() {
    return new Aggregation("first", 1, true);
  }

  /**
   * A document is as good as its windows are on average. Scores and raw outputs are averaged each
   * by themselves. Where one place answers the query and the rest does not, that is worse than
   * reading the beginning alone: on SciFact nDCG@10 fell from 0.686 to 0.658, where {@link #max}
   * gave 0.722 (benchmarks/README.md).
   *
   * @return the aggregation
   */
  public static Aggregation mean() {
    return new Aggregation("mean", Integer.MAX_VALUE, false);
  }

  /**
   * A document is as good as its best few windows are on average; one with fewer windows, as all of
   * them are. Scores and raw outputs are averaged each by themselves.
   *
   * @param k how many windows, at least 1
   * @return the aggregation
   * @throws IllegalArgumentException if it is below 1
   */
  public static Aggregation topKMean(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it is at least 1");
    }
    return new Aggregation("topKMean(" + k + ")", k, false);
  }

  /** Whether a document's first window is all that counts. */
  boolean firstOnly() {
    return first;
  }

  /**
   * The document's score.
   *
   * @param windows what was said of its windows, the best first; at least one
   */
  StageScore of(List<StageScore> windows) {
    if (best == 1 || windows.size() == 1) {
      return windows.getFirst();
    }
    List<StageScore> counted = windows.subList(0, Math.min(best, windows.size()));
    StageScore top = counted.getFirst();
    double score = counted.stream().mapToDouble(StageScore::score).average().orElseThrow();
    return counted.stream().allMatch(window -> window.raw().isPresent())
        ? StageScore.of(
            top.stage(),
            top.rank(),
            score,
            counted.stream().mapToDouble(w -> w.raw().orElseThrow()).average().orElseThrow(),
            top.truncated())
        : StageScore.of(top.stage(), top.rank(), score);
  }

  /** For people. */
  @Override
  public String toString() {
    return name;
  }
}
