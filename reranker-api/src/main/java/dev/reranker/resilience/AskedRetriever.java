package dev.reranker.resilience;

import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import java.util.List;

/** A retriever that is asked in a certain way. */
record AskedRetriever(Asking way, Retriever asked) implements Retriever {

  @Override
  public List<Hit> retrieve(String query, int k) {
    return retrieve(query, k, SearchContext.create());
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    return way.ask(
        "retriever '" + asked.name() + "'", context, own -> asked.retrieve(query, k, own));
  }

  @Override
  public String name() {
    return asked.name();
  }
}
