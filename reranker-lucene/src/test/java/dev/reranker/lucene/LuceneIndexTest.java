package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneIndexTest {

  @TempDir Path folder;

  private static LuceneIndex.Builder inMemory() {
    return LuceneIndex.builder().inMemory().embedder(new BagEmbedder());
  }

  private LuceneIndex.Builder onDisk() {
    return LuceneIndex.builder().directory(folder.resolve("index")).embedder(new BagEmbedder());
  }

  @Test
  void documentsComeBackWhole() {
    var document = new Document("ü/1", "Wale 🐋 schlafen.", Map.of("title", "Wale", "lang", "de"));
    try (var index = inMemory().build()) {
      index.add(List.of(document));
      assertThat(index.bm25().retrieve("Wale", 1).get(0).document()).isEqualTo(document);
      assertThat(index.knn().retrieve("Wale", 1).get(0).document()).isEqualTo(document);
    }
  }

  @Test
  void addReplacesTheDocumentWithTheSameId() {
    try (var index = inMemory().build()) {
      index.add(List.of(Document.of("a", "old"), Document.of("a", "older"), Document.of("b", "x")));
      index.add(List.of(Document.of("a", "new")));
      assertThat(index.size()).isEqualTo(2);
      assertThat(index.bm25().retrieve("old older new", 5))
          .extracting(c -> c.document().text())
          .containsExactly("new");
      assertThat(Texts.ids(index.knn().retrieve("old", 5))).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void deletedDocumentsAreNotFound() {
    try (var index = inMemory().build()) {
      index.add(Texts.WHALES);
      index.delete(List.of("a", "no such id"));
      assertThat(index.size()).isEqualTo(5);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 9))).containsExactly("e", "b");
      assertThat(Texts.ids(index.knn().retrieve("whales", 9))).doesNotContain("a");
    }
  }

  @Test
  void anIndexOnDiskIsThereTheNextTime() {
    try (var index = onDisk().build()) {
      index.add(Texts.WHALES);
    }
    try (var index = onDisk().build()) {
      assertThat(index.size()).isEqualTo(6);
      assertThat(Texts.ids(index.knn().retrieve("dogs bark", 1))).containsExactly("d");
      index.delete(List.of("d"));
      index.commit();
    }
    try (var index = onDisk().build()) {
      assertThat(index.size()).isEqualTo(5);
    }
  }

  @Test
  void aFilterIsAppliedBeforeTheSearch() {
    var documents =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    new Document(
                        "d%02d".formatted(i),
                        "whales sleep " + "again ".repeat(i),
                        Map.of("parity", i % 2 == 0 ? "even" : "odd", "tens", "t" + i / 10)))
            .toList();
    try (var index = inMemory().build()) {
      index.add(documents);
      for (LuceneRetriever all : List.of(index.knn(), index.bm25())) {
        LuceneRetriever odd = all.filter(new TermQuery(new Term("parity", "odd")));
        assertThat(odd.retrieve("whales sleep", 50))
            .hasSize(50)
            .allMatch(c -> c.document().metadata().containsValue("odd"));
        assertThat(odd.name()).isEqualTo(all.name());
        LuceneRetriever both = odd.filter(new TermQuery(new Term("tens", "t9")));
        assertThat(Texts.ids(both.retrieve("whales sleep", 50)))
            .containsExactlyInAnyOrder("d91", "d93", "d95", "d97", "d99");
        assertThat(all.retrieve("whales sleep", 100)).as("the view's origin").hasSize(100);
      }
    }
  }

  @Test
  void aFilterLeavesScoresAlone() {
    try (var index = inMemory().build()) {
      index.add(Texts.WHALES);
      for (LuceneRetriever all : List.of(index.knn(), index.bm25())) {
        double before = scoreOf("b", all.retrieve("whales swim", 6));
        var onlyB = all.filter(new TermQuery(new Term("id", "b")));
        assertThat(scoreOf("b", onlyB.retrieve("whales swim", 6))).isEqualTo(before);
      }
    }
  }

  private static double scoreOf(String id, List<Hit> found) {
    return found.stream().filter(c -> c.document().id().equals(id)).findAny().orElseThrow().score();
  }

  @Test
  void tiesAtTheCutAreBrokenById() {
    try (var index = inMemory().batchSize(3).build()) {
      index.add(
          IntStream.range(0, 15).mapToObj(i -> Document.of("id" + (50 - i), "same text")).toList());
      for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
        assertThat(Texts.ids(retriever.retrieve("same", 2)))
            .as(retriever.name())
            .containsExactly("id36", "id37");
      }
    }
  }

  @Test
  void theListenerHearsEachBatch() {
    record Progress(long done, OptionalLong total) {}
    var heard = new ArrayList<Progress>();
    try (var index =
        inMemory()
            .batchSize(4)
            .listener((done, total) -> heard.add(new Progress(done, total)))
            .build()) {
      index.add(Texts.WHALES);
      index.add(() -> Texts.WHALES.iterator());
    }
    assertThat(heard)
        .containsExactly(
            new Progress(4, OptionalLong.of(6)),
            new Progress(6, OptionalLong.of(6)),
            new Progress(4, OptionalLong.empty()),
            new Progress(6, OptionalLong.empty()));
  }

  @Test
  void withoutAnEmbedderTheIndexFindsByWords() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(Texts.WHALES);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 9))).containsExactly("a", "e", "b");
    }
  }

  @Test
  void anEmptyIndexFindsNothing() {
    try (var index = inMemory().build()) {
      index.add(List.of());
      assertThat(index.size()).isZero();
      assertThat(index.knn().retrieve("whales", 9)).isEmpty();
      assertThat(index.bm25().retrieve("whales", Integer.MAX_VALUE)).isEmpty();
    }
  }

  @Test
  void bm25ScoresAreLucenes() {
    try (var index = inMemory().similarity(new BM25Similarity(0.9f, 0.4f)).build()) {
      index.add(Texts.WHALES);
      // idf = ln(1 + (6 - 1 + 0.5) / (1 + 0.5)); length 2, mean length (2+5+5+2+2+4)/6 = 20/6
      double idf = Math.log(1 + 5.5 / 1.5);
      double tf = 1 / (1 + 0.9 * (1 - 0.4 + 0.4 * 2 / (20 / 6.0)));
      assertThat(index.bm25().retrieve("bark", 1).get(0).score()).isCloseTo(idf * tf, within(1e-6));
    }
  }

  @Test
  void aWordThatTheQueryRepeatsCountsThatManyTimes() {
    try (var index = inMemory().build()) {
      index.add(Texts.WHALES);
      double once = index.bm25().retrieve("bark", 1).get(0).score();
      double thrice = index.bm25().retrieve("bark Bark! bark?", 1).get(0).score();
      assertThat(thrice).isCloseTo(3 * once, within(1e-5));
    }
  }

  @Test
  void aLongQueryKeepsItsRarestWords() {
    String common =
        IntStream.range(0, 3000).mapToObj(i -> "c" + i).collect(Collectors.joining(" "));
    try (var index = inMemory().build()) {
      index.add(
          List.of(
              Document.of("a", common), Document.of("b", common), Document.of("c", "rare word")));
      assertThat(Texts.ids(index.bm25().retrieve(common + " rare", 3))).contains("c");
    }
  }

  @Test
  void theKnnScoreIsMadeOfTheCosine() {
    try (var index = inMemory().build()) {
      index.add(Texts.WHALES);
      assertThat(index.knn().retrieve("dogs bark", 1).get(0).score()).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void vectorsNeedNotBeNormalised() {
    var scaled = new ScaledEmbedder(new BagEmbedder(), 1e25f);
    try (var index = LuceneIndex.builder().inMemory().embedder(scaled).build();
        var plain = inMemory().build()) {
      index.add(Texts.WHALES);
      plain.add(Texts.WHALES);
      assertThat(Texts.ids(index.knn().retrieve("whales swim", 6)))
          .isEqualTo(Texts.ids(plain.knn().retrieve("whales swim", 6)));
    }
  }

  @Test
  void aZeroVectorIsNoNeighbour() {
    try (var index = inMemory().build()) {
      index.add(List.of(Document.of("empty", ""), Document.of("a", "whales")));
      assertThat(Texts.ids(index.knn().retrieve("whales", 9))).containsExactly("a");
      assertThat(index.knn().retrieve("?", 9)).isEmpty();
      assertThat(index.size()).isEqualTo(2);
    }
  }

  @Test
  void vectorsMayHaveMoreThan1024Dimensions() {
    var wide = new BagEmbedder("wide", 3072);
    Path path = folder.resolve("wide");
    try (var index = LuceneIndex.builder().directory(path).embedder(wide).build()) {
      index.add(Texts.WHALES);
    }
    try (var index = LuceneIndex.builder().directory(path).embedder(wide).build()) {
      assertThat(Texts.ids(index.knn().retrieve("dogs bark", 1))).containsExactly("d");
    }
  }

  @Test
  void aLongMetadataValueComesBack() {
    var document = new Document("a", "text", Map.of("body", "x".repeat(40_000)));
    try (var index = inMemory().build()) {
      index.add(List.of(new Document("b", "text", Map.of("body", "short")), document));
      index.add(List.of(document));
      assertThat(index.bm25().retrieve("text", 1).get(0).document()).isEqualTo(document);
      var begins = new TermQuery(new Term("body", "x".repeat(10_922)));
      assertThat(Texts.ids(index.bm25().filter(begins).retrieve("text", 9))).containsExactly("a");
    }
  }

  @Test
  void aSecondCloseDoesNothing() {
    LuceneIndex index = inMemory().build();
    index.close();
    assertThatCode(index::close).doesNotThrowAnyException();
  }
}
