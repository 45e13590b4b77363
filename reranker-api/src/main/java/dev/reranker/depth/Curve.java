package dev.reranker.depth;

/**
 * The numbers of a {@link DepthModel}.
 *
 * @param level the expected score at rank 0
 * @param slope what it falls by each time that rank + 1 doubles
 * @param shrink how many observations the mean over queries counts as, in a query's own offset
 * @param tail how far a score may lie above the expected one
 */
record Curve(double level, double slope, double shrink, Tail tail) {

  /**
   * What a candidate's final score is expected to be, the query's offset left out.
   *
   * @param rank the binary logarithm of its rank + 1
   */
  double expected(double rank) {
    return level - slope * rank;
  }

  /**
   * What a query's scores lie above the expected ones.
   *
   * @param sum of the differences of its scored candidates
   * @param count how many were scored
   */
  double offset(double sum, int count) {
    return sum / (count + shrink);
  }

  /**
   * How many of the candidates that were not scored would get a final score above a limit, as a
   * mean over many such queries.
   *
   * @param offset the query's
   * @param from the rank of the first that was not scored
   * @param to the rank of the last
   */
  double above(double limit, double offset, int from, int to) {
    double sum = 0;
    for (int rank = from; rank <= to; rank++) {
      sum += tail.above(limit - expected(Tail.log2(rank + 1.0)) - offset);
    }
    return sum;
  }
}
