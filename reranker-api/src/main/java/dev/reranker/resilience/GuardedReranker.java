package dev.reranker.resilience;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;

/** A reranker behind a breaker. */
record GuardedReranker(Gate gate, Reranker guarded) implements Reranker {

  @Override
  public RerankResult rerank(RerankRequest request) {
    Gate.Call call = gate.begin("reranker '" + guarded.name() + "'");
    try {
      RerankResult result = guarded.rerank(request);
      call.ended(Verdicts.of(call, result, request.context()));
      return result;
    } catch (Throwable e) { // whatever it is, the call has ended
      call.ended(Verdicts.of(call, e, request.context()));
      throw e;
    }
  }

  @Override
  public ScoreCombiner combiner() {
    return guarded.combiner();
  }

  @Override
  public String name() {
    return guarded.name();
  }

  @Override
  public void close() {
    guarded.close();
  }
}
