package dev.reranker;

import java.util.ArrayList;
import java.util.List;

/** Retrievers that answer what they were told. */
final class Fixed {

  private Fixed() {}

  /** A document's id and its score. */
  record Scored(String id, double score) {}

  static Scored hit(String id, double score) {
    return new Scored(id, score);
  }

  /** Finds these, at most k of them, under this name. */
  static Retriever retriever(String name, Scored... hits) {
    return Retriever.of(
        name,
        (query, k) -> {
          var found = new ArrayList<Hit>();
          for (Scored hit : hits) {
            found.add(Hit.of(Document.of(hit.id(), hit.id()), name, found.size() + 1, hit.score()));
          }
          return found.subList(0, Math.min(k, found.size()));
        });
  }

  static Retriever failing(String name, RuntimeException failure) {
    return Retriever.of(
        name,
        (query, k) -> {
          throw failure;
        });
  }

  static List<String> ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.document().id()).toList();
  }
}
