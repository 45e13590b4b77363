package dev.reranker;

import java.util.List;

/** How the first stage of a search is asked, whichever kind it is. */
final class FirstStage {

  /** A retriever that asks others, and tells what each of them did. */
  interface OfMany {
    Found find(String query, int k, SearchContext context);
  }

  private FirstStage() {}

  /** Asks a retriever and brings in order what comes back. */
  static Found ask(Retriever retriever, String query, int k, SearchContext context) {
    if (retriever instanceof OfMany many) {
      return many.find(query, k, context);
    }
    List<Hit> hits = retriever.retrieve(query, k, context);
    return new Found(Ranking.checked(retriever.name(), hits, k), List.of());
  }
}
