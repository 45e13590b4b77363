package dev.reranker.resilience;

import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.resilience.Gate.Verdict;
import java.util.List;
import java.util.function.Supplier;

/** A retriever behind a breaker. */
record GuardedRetriever(Gate gate, Retriever guarded) implements Retriever {

  @Override
  public List<Hit> retrieve(String query, int k) {
    return guard(() -> guarded.retrieve(query, k), SearchContext.create());
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    return guard(() -> guarded.retrieve(query, k, context), context);
  }

  private List<Hit> guard(Supplier<List<Hit>> ask, SearchContext context) {
    Gate.Call call = gate.begin("retriever '" + guarded.name() + "'");
    List<Hit> hits;
    try {
      hits = ask.get();
    } catch (Throwable e) { // whatever it is, the call has ended
      call.ended(Verdicts.of(call, e, context));
      throw e;
    }
    call.ended(hits == null ? Verdict.FAULT : Verdict.SUCCESS);
    return hits;
  }

  @Override
  public String name() {
    return guarded.name();
  }
}
