package dev.reranker;

import java.util.List;

/** The reranker's score alone. One object, so that a pipeline knows that nothing is combined. */
enum Replace implements ScoreCombiner {
  INSTANCE;

  @Override
  public double[] combine(List<StageScore> before, List<StageScore> now) {
    return now.stream().mapToDouble(StageScore::score).toArray();
  }
}
