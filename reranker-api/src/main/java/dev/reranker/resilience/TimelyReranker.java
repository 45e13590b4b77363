package dev.reranker.resilience;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;

/** A reranker under a time limit. */
record TimelyReranker(TimeLimit limit, Reranker limited) implements Reranker {

  @Override
  public RerankResult rerank(RerankRequest request) {
    return limit.ask(
        "reranker '" + limited.name() + "'",
        request.context(),
        context -> limited.rerank(request.withContext(context)));
  }

  @Override
  public ScoreCombiner combiner() {
    return limited.combiner();
  }

  @Override
  public String name() {
    return limited.name();
  }

  @Override
  public void close() {
    limited.close();
  }
}
