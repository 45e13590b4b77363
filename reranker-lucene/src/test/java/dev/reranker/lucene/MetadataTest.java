package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataTest {

  private static final Document TYPED =
      new Document(
          "typed",
          "whales",
          Map.of(
              "string",
              "7",
              "integer",
              7,
              "long",
              Long.MIN_VALUE,
              "float",
              0.1f,
              "double",
              Double.MIN_VALUE,
              "short",
              Short.MAX_VALUE,
              "byte",
              (byte) -1,
              "true",
              true,
              "false",
              false));

  @TempDir Path folder;

  @Test
  void typesComeBack() {
    try (var index = LuceneIndex.builder().directory(folder).embedder(new BagEmbedder()).build()) {
      index.add(List.of(TYPED));
      assertThat(index.bm25().retrieve("whales", 1).get(0).document()).isEqualTo(TYPED);
    }
    try (var index = LuceneIndex.builder().directory(folder).readOnly().build()) {
      assertThat(index.bm25().retrieve("whales", 1).get(0).document()).isEqualTo(TYPED);
    }
  }

  @Test
  void eachValueMakesAFilter() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(List.of(TYPED, Document.of("other", "whales")));
      TYPED
          .metadata()
          .forEach(
              (key, value) -> {
                Query exactly = new TermQuery(new Term(key, value.toString()));
                assertThat(Texts.ids(index.bm25().filter(exactly).retrieve("whales", 9)))
                    .as("%s = %s", key, value)
                    .containsExactly("typed");
              });
    }
  }

  @Test
  void numbersMakeRanges() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(
          List.of(
              new Document("a", "whales", Map.of("year", 1851)),
              new Document("b", "whales", Map.of("year", 1951L)),
              new Document("c", "whales", Map.of("year", 2001.5)),
              new Document("d", "whales", Map.of("year", "2001"))));
      Query modern = DoublePoint.newRangeQuery("year.number", 1900, 2100);
      assertThat(Texts.ids(index.bm25().filter(modern).retrieve("whales", 9)))
          .containsExactly("b", "c");
    }
  }

  @Test
  void oneKeyMayHaveValuesOfSeveralTypes() {
    List<Document> mixed =
        List.of(
            new Document("a", "whales", Map.of("page", 1)),
            new Document("b", "whales", Map.of("page", "ii")),
            new Document("c", "whales", Map.of("page", true)),
            new Document("d", "whales", Map.of("page", 3.5)));
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(mixed);
      assertThat(index.bm25().retrieve("whales", 9))
          .extracting(hit -> hit.document())
          .containsExactlyElementsOf(mixed);
    }
  }

  @Test
  void whatCannotBeKeptIsRefusedByName() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      for (Object value :
          List.of(List.of("x"), UUID.randomUUID(), LocalDate.EPOCH, BigDecimal.ONE, 'c')) {
        var document = new Document("a", "text", Map.of("key", value));
        assertThatThrownBy(() -> index.add(List.of(Document.of("good", "text"), document)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("document 1 ('a')")
            .hasMessageContaining("'key'")
            .hasMessageContaining(value.getClass().getName());
      }
      assertThat(index.size()).isZero();
    }
  }

  @Test
  void aKeyInTheWayOfAnothersNumbersIsRefusedBeforeTheFirstIsAdded() {
    try (var index = LuceneIndex.builder().inMemory().batchSize(1).build()) {
      var years = new Document("a", "text", Map.of("year", 1851));
      for (Map<String, Object> metadata :
          List.<Map<String, Object>>of(
              Map.of("year.number", "x"),
              Map.of("year.number", 7),
              Map.of("year", 1, "year.number", "x"),
              Map.of(".number", true))) {
        var inTheWay = new Document("b", "text", metadata);
        assertThatThrownBy(() -> index.add(List.of(years, inTheWay)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("document 1 ('b') has the metadata key '")
            .hasMessageContaining("fields that end in '.number' are the index's own");
        assertThat(index.size()).isZero();
      }
      index.add(List.of(years, new Document("b", "text", Map.of("number", 1, "numbers", 2))));
      assertThat(index.size()).isEqualTo(2);
    }
  }

  @Test
  void aKeyWhoseNumbersWouldBeOneOfTheIndexsOwnFieldsIsRefused() {
    for (LuceneIndex.Builder builder :
        List.of(
            LuceneIndex.builder().inMemory().idField("key.number"),
            LuceneIndex.builder().inMemory().textField("key.number"),
            LuceneIndex.builder().inMemory().vectorField("key.number"))) {
      try (var index = builder.embedder(new BagEmbedder()).build()) {
        var document = new Document("a", "text", Map.of("key", 1));
        assertThatThrownBy(() -> index.add(List.of(Document.of("good", "text"), document)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("document 1 ('a') has the metadata key 'key'")
            .hasMessageContaining("'key.number', which the index has for itself");
        assertThat(index.size()).isZero();
      }
    }
  }
}
