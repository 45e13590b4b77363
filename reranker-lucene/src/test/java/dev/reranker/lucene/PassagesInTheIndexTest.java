package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.passage.MaxP;
import dev.reranker.passage.Passage;
import dev.reranker.passage.PassageSplitter;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.junit.jupiter.api.Test;

/** Passages of long documents in an index. */
class PassagesInTheIndexTest {

  private static final PassageSplitter SPLITTER =
      PassageSplitter.builder().maxTokens(6).overlap(3).build();

  @Test
  void longDocumentsAreFoundByTheirBestPassage() {
    String filler = "Nothing of note happens here today. ".repeat(10);
    Document whales = Document.of("whales", filler + "🐋 Whales sleep upright. " + filler);
    Document cats = Document.of("cats", filler + "Cats sleep all day long. " + filler);
    try (var index = LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).build();
        var reranker = MaxP.of(new OverlapReranker())) {
      for (Document document : List.of(whales, cats)) {
        index.add(SPLITTER.split(document));
      }
      Pipeline pipeline = Pipeline.builder().retrieve(index.knn(), 20).rerank(reranker, 2).build();
      Hit best = pipeline.search("Whales sleep").hits().get(0);
      assertThat(best.document().id()).isEqualTo("whales");
      Passage place = Passage.of(best.document()).orElseThrow();
      assertThat(whales.text().substring(place.start(), place.end())).contains("Whales sleep");

      index.delete(LuceneIndex.passagesOf("whales"));
      assertThat(pipeline.search("Whales sleep").hits())
          .extracting(d -> d.document().id())
          .containsExactly("cats");
    }
  }

  @Test
  void aDocumentThatBecameShorterLeavesNoPassageBehind() {
    try (var index = LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).build()) {
      Document other = Document.of("other", "Dogs bark loudly.");
      index.add(List.of(other, Document.of("new#0", "an id that is in the way")));
      Document before = Document.of("new", "Whales sleep upright. ".repeat(10));
      index.replace(LuceneIndex.passagesOf("new"), SPLITTER.split(before));
      assertThat(index.size()).isEqualTo(1 + SPLITTER.split(before).size());
      index.replace(
          LuceneIndex.passagesOf("new"), SPLITTER.split(Document.of("new", "Cats sleep all day.")));
      assertThat(index.size()).isEqualTo(2);
      assertThat(index.bm25().retrieve("whales", 10)).isEmpty();
      assertThat(Texts.ids(index.knn().retrieve("Cats sleep", 1))).containsExactly("new#0");
      index.replace(LuceneIndex.passagesOf("new"), List.of());
      assertThat(Texts.ids(index.bm25().retrieve("dogs cats", 10))).containsExactly("other");
    }
  }

  @Test
  void whatCannotReplaceLeavesTheOld() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(SPLITTER.split(Document.of("p", "Whales sleep.")));
      Document bad = new Document("p#0", "text", Map.of("", "no key"));
      assertThatThrownBy(() -> index.replace(LuceneIndex.passagesOf("p"), List.of(bad)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 10))).containsExactly("p#0");
    }
  }

  @Test
  void whatFailsInTheMiddleLeavesTheOld() {
    var longTerms = new StandardAnalyzer();
    longTerms.setMaxTokenLength(100_000);
    try (var index = LuceneIndex.builder().inMemory().analyzer(longTerms).build()) {
      index.add(SPLITTER.split(Document.of("p", "Whales sleep.")));
      List<Document> passages =
          List.of(Document.of("p#0", "fits"), Document.of("p#1", "x".repeat(40_000)));
      assertThatThrownBy(() -> index.replace(LuceneIndex.passagesOf("p"), passages))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "one of 2 documents, from 'p#0' to 'p#1', cannot be indexed: Document contains at"
                  + " least one immense term");
      assertThat(index.size()).isEqualTo(1);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 10))).containsExactly("p#0");
    }
  }
}
