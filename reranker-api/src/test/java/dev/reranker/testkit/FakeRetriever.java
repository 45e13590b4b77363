package dev.reranker.testkit;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.internal.Checks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A retriever whose score is the number of the query's words in the text.
 *
 * @param name its name
 * @param documents what it finds
 */
public record FakeRetriever(String name, List<Document> documents) implements Retriever {

  @Override
  public List<Hit> retrieve(String query, int k) {
    Checks.retrieval(query, k);
    List<String> words = List.of(query.split(" "));
    var found = new ArrayList<Hit>();
    for (Document document : documents) {
      long score = words.stream().filter(document.text()::contains).count();
      if (score > 0) {
        found.add(Hit.of(document, name, 1, (double) score));
      }
    }
    found.sort(
        Comparator.comparingDouble(Hit::score).reversed().thenComparing(h -> h.document().id()));
    var ranked = new ArrayList<Hit>();
    for (Hit hit : found.subList(0, Math.min(k, found.size()))) {
      ranked.add(hit.atRank(ranked.size() + 1));
    }
    return ranked;
  }
}
