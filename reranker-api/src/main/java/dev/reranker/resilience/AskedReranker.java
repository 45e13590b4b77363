package dev.reranker.resilience;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;

/** A reranker that is asked in a certain way. */
record AskedReranker(Asking way, Reranker asked) implements Reranker {

  @Override
  public RerankResult rerank(RerankRequest request) {
    return way.ask(
        "reranker '" + asked.name() + "'",
        request.context(),
        context -> asked.rerank(request.withContext(context)));
  }

  @Override
  public ScoreCombiner combiner() {
    return asked.combiner();
  }

  @Override
  public String name() {
    return asked.name();
  }

  @Override
  public void close() {
    asked.close();
  }
}
