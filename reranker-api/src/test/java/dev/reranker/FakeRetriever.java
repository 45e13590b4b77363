package dev.reranker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A retriever whose score is the number of the query's words in the text. */
record FakeRetriever(String name, List<Document> documents) implements Retriever {

  @Override
  public List<Candidate> retrieve(String query, int k) {
    Retriever.checkArguments(query, k);
    List<String> words = List.of(query.split(" "));
    var found = new ArrayList<Candidate>();
    for (Document document : documents) {
      long score = words.stream().filter(document.text()::contains).count();
      if (score > 0) {
        found.add(Candidate.of(document, name, 1, (double) score));
      }
    }
    found.sort(
        Comparator.comparingDouble(Candidate::score)
            .reversed()
            .thenComparing(c -> c.document().id()));
    return Ranking.renumber(found.subList(0, Math.min(k, found.size())));
  }
}
