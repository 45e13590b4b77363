package dev.reranker.resilience;

import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import java.util.List;

/** A retriever under a time limit. */
record TimelyRetriever(TimeLimit limit, Retriever limited) implements Retriever {

  @Override
  public List<Hit> retrieve(String query, int k) {
    return retrieve(query, k, SearchContext.create());
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    return limit.ask(
        "retriever '" + limited.name() + "'", context, own -> limited.retrieve(query, k, own));
  }

  @Override
  public String name() {
    return limited.name();
  }
}
