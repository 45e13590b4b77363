package dev.reranker.depth;

import dev.reranker.Hit;
import dev.reranker.RerankResult;
import dev.reranker.ScoreCombiner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/** Learns a {@link DepthModel}: least squares within queries, then the residuals behind a depth. */
final class DepthFit {

  /** The first depth at which a search might stop. */
  static final int FIRST = 10;

  private static final double SAME = 1e-6;

  /** One query's final scores and the binary logarithms of rank + 1, in first-stage order. */
  private record Observed(double[] scores, double[] ranks) {

    double meanScore() {
      return DoubleStream.of(scores).average().orElse(0);
    }

    double meanRank() {
      return DoubleStream.of(ranks).average().orElse(0);
    }

    /** How far a score lies above the expected one. */
    double above(Curve curve, int place) {
      return scores[place] - curve.expected(ranks[place]);
    }
  }

  private final List<Observed> queries = new ArrayList<>();

  int queries() {
    return queries.size();
  }

  /** Adds a query; one with few scored candidates tells nothing. */
  void add(RerankResult result, ScoreCombiner combiner) {
    List<Hit> scored =
        result.hits().stream()
            .filter(Hit::scored)
            .sorted(Comparator.comparingInt(Hit::index))
            .toList();
    if (scored.size() <= FIRST) {
      return;
    }
    double[] scores = FinalScores.of(combiner, scored);
    double[] alone = FinalScores.of(combiner, ranked(scored.subList(0, FIRST)));
    for (int i = 0; i < FIRST; i++) {
      if (Math.abs(alone[i] - scores[i]) > SAME * Math.max(1, Math.abs(scores[i]))) {
        throw new IllegalArgumentException(
            "document '%s' gets %s by the combiner among %d documents and %s among %d: by such scores nobody can tell when to stop; take rankPrior(..) or replace()"
                .formatted(
                    scored.get(i).document().id(), scores[i], scores.length, alone[i], FIRST));
      }
    }
    double[] ranks = scored.stream().mapToDouble(hit -> Tail.log2(hit.index() + 2.0)).toArray();
    queries.add(new Observed(scores, ranks));
  }

  /** Hits with the ranks that they would have if there were no others. */
  private static List<Hit> ranked(List<Hit> hits) {
    List<Hit> best = hits.stream().sorted(Comparator.comparingInt(Hit::rank)).toList();
    return hits.stream().map(hit -> hit.atRank(1 + best.indexOf(hit))).toList();
  }

  Curve curve() {
    double slope = slope();
    double[] levels =
        queries.stream().mapToDouble(q -> q.meanScore() + slope * q.meanRank()).toArray();
    double level = DoubleStream.of(levels).average().orElse(0);
    double within = 0;
    long count = 0;
    double inverse = 0;
    for (int i = 0; i < levels.length; i++) {
      Observed query = queries.get(i);
      for (int j = 0; j < query.scores.length; j++) {
        within += square(query.scores[j] - levels[i] + slope * query.ranks[j]);
      }
      count += query.scores.length - 1;
      inverse += 1.0 / query.scores.length;
    }
    within /= Math.max(1, count - 1);
    double spread =
        DoubleStream.of(levels).map(l -> square(l - level)).sum() / (levels.length - 1.0);
    double between = spread - within * inverse / levels.length;
    if (!(within > 0)) {
      throw new IllegalArgumentException(
          "the final scores of each query lie on one line: the reranker tells nothing apart, so"
              + " there is no depth to learn");
    }
    double shrink = between > 0 ? Math.min(within / between, 1e9) : 1e9;
    var curve = new Curve(level, slope, shrink, new Tail(0, new double[1]));
    return new Curve(level, slope, shrink, Tail.of(residuals(curve)));
  }

  private double slope() {
    double both = 0;
    double ranks = 0;
    for (Observed query : queries) {
      double meanScore = query.meanScore();
      double meanRank = query.meanRank();
      for (int i = 0; i < query.scores.length; i++) {
        both += (query.ranks[i] - meanRank) * (query.scores[i] - meanScore);
        ranks += square(query.ranks[i] - meanRank);
      }
    }
    return -both / ranks;
  }

  /** What scores behind a depth lay above what those before it let expect. */
  private double[] residuals(Curve curve) {
    var residuals = DoubleStream.builder();
    for (Observed query : queries) {
      double sum = 0;
      int depth = FIRST;
      for (int i = 0; i < query.scores.length; i++) {
        if (i == depth) {
          double offset = curve.offset(sum, i);
          for (int j = i; j < query.scores.length; j++) {
            residuals.add(query.above(curve, j) - offset);
          }
          depth *= 2;
        }
        sum += query.above(curve, i);
      }
    }
    return residuals.build().toArray();
  }

  private static double square(double number) {
    return number * number;
  }
}
