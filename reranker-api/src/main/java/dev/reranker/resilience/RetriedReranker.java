package dev.reranker.resilience;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;

/** A reranker that is asked again when it fails. */
record RetriedReranker(Retry retry, Reranker retried) implements Reranker {

  @Override
  public RerankResult rerank(RerankRequest request) {
    return retry.ask(request.context(), () -> retried.rerank(request));
  }

  @Override
  public ScoreCombiner combiner() {
    return retried.combiner();
  }

  @Override
  public String name() {
    return retried.name();
  }

  @Override
  public void close() {
    retried.close();
  }
}
