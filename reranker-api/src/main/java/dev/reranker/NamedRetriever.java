package dev.reranker;

import java.util.List;
import java.util.Objects;

/** A retriever under a name of its own, which its hits carry. */
record NamedRetriever(String name, Retriever.InContext retriever) implements Retriever {

  NamedRetriever {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(retriever, "retriever");
  }

  @Override
  public List<Hit> retrieve(String query, int k) {
    return retrieve(query, k, SearchContext.create());
  }

  @Override
  public List<Hit> retrieve(String query, int k, SearchContext context) {
    List<Hit> found = retriever.retrieve(query, k, context);
    return Found.checked(name, found, k).stream().map(hit -> hit.named(name)).toList();
  }
}
