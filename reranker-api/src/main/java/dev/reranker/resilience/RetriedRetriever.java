package dev.reranker.resilience;

import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import java.util.List;

/** A retriever that is asked again when it fails. */
record RetriedRetriever(Retry retry, Retriever retried) implements Retriever {

  @Override
  public List<Hit> retrieve(String query, int k) {
    return retry.ask(SearchContext.create(), () -> retried.retrieve(query, k));
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    return retry.ask(context, () -> retried.retrieve(query, k, context));
  }

  @Override
  public String name() {
    return retried.name();
  }
}
