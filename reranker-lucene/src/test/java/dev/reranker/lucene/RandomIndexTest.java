package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;

/** Random writes, then searches against a list that is simply sorted. */
class RandomIndexTest {

  private record Expected(String id, double score) {}

  @Test
  void knnFindsWhatComparingEveryDocumentFinds() {
    var random = new Random(Texts.seed());
    for (int round = 0; round < 20; round++) {
      var embedder = new BagEmbedder("bag", 2 + random.nextInt(30));
      Map<String, Document> expected = new TreeMap<>();
      try (var index =
          LuceneIndex.builder()
              .inMemory()
              .embedder(embedder)
              .batchSize(1 + random.nextInt(40))
              .build()) {
        writeAtRandom(random, index, expected);
        assertThat(index.size()).isEqualTo(expected.size());
        String query = Texts.random(random, 30);
        int k = 1 + random.nextInt(60);
        check(index.knn().retrieve(query, k), nearest(embedder, expected, query, "", k));
        var even = index.knn().filter(new TermQuery(new Term("parity", "even")));
        check(even.retrieve(query, k), nearest(embedder, expected, query, "even", k));
      }
    }
  }

  private static void writeAtRandom(
      Random random, LuceneIndex index, Map<String, Document> expected) {
    for (int step = 0; step < 4; step++) {
      List<Document> batch = new ArrayList<>();
      for (int i = random.nextInt(80); i > 0; i--) {
        int id = random.nextInt(150);
        Map<String, Object> parity = Map.of("parity", id % 2 == 0 ? "even" : "odd");
        // A vocabulary of 30 with few words a text: duplicates and ties.
        batch.add(new Document("d" + id, Texts.random(random, 30), parity));
      }
      index.add(batch);
      batch.forEach(document -> expected.put(document.id(), document));
      List<String> deleted = new ArrayList<>();
      for (int i = random.nextInt(10); i > 0; i--) {
        deleted.add("d" + random.nextInt(150));
      }
      index.delete(deleted);
      deleted.forEach(expected::remove);
    }
  }

  private static List<Expected> nearest(
      Embedder embedder, Map<String, Document> documents, String query, String parity, int k) {
    float[] target = embedder.embedQuery(query);
    return documents.values().stream()
        .filter(d -> parity.isEmpty() || d.metadata().containsValue(parity))
        .map(d -> new Expected(d.id(), (1 + dot(target, embedder.embedQuery(d.text()))) / 2))
        .sorted(Comparator.comparingDouble(Expected::score).reversed().thenComparing(Expected::id))
        .limit(k)
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static void check(List<Hit> found, List<Expected> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      // Scores, not ids: two texts of the same words in another order tie but for rounding.
      assertThat(found.get(i).score())
          .as("score at rank %d", i + 1)
          .isCloseTo(expected.get(i).score(), within(1e-6));
    }
  }
}
