package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.Pipeline;
import dev.reranker.RankedDocument;
import dev.reranker.RerankRequest;
import dev.reranker.Reranker;
import dev.reranker.contract.RerankerContract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.junit.jupiter.api.Test;

class MaxPTest extends RerankerContract {

  private static final PassageSplitter SPLITTER =
      PassageSplitter.builder().maxTokens(6).overlap(3).build();

  @Override
  protected Reranker open() {
    return MaxP.of(new OverlapReranker());
  }

  /** A text of short sentences out of a small vocabulary. */
  private static String sentences(Random random) {
    var text = new StringBuilder();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      text.append(Texts.random(random, 20).replaceFirst("w", "W")).append(". ");
    }
    return text.toString();
  }

  @Test
  void eachDocumentIsAsGoodAsItsBestPassage() {
    var random = new Random(Texts.seed());
    for (int round = 0; round < 100; round++) {
      List<Candidate> passages = new ArrayList<>();
      List<Document> parents = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Document parent = Document.of("doc" + i, sentences(random));
        parents.add(parent);
        for (Document passage : SPLITTER.split(parent)) {
          if (random.nextInt(3) > 0) {
            passages.add(Candidate.of(passage, "first", passages.size() + 1, 0));
          }
        }
      }
      String query = Texts.random(random, 20);
      Map<String, Float> best = new HashMap<>();
      for (Candidate passage : passages) {
        String id = passage.document().id();
        float logit = OverlapReranker.logit(query, passage.document().text());
        best.merge(id.substring(0, id.indexOf('#')), logit, Math::max);
      }
      try (var reranker = open()) {
        List<RankedDocument> ranked =
            reranker.rerank(RerankRequest.of(query, passages)).documents();
        assertThat(ranked).hasSameSizeAs(best.keySet());
        for (RankedDocument document : ranked) {
          assertThat(document.logit()).isEqualTo(best.get(document.document().id()));
          Passage place = Passage.of(document.document()).orElseThrow();
          assertThat(place.parent()).isEqualTo(document.document().id());
          String text = parents.get(Integer.parseInt(place.parent().substring(3))).text();
          assertThat(text.substring(place.start(), place.end()))
              .isEqualTo(document.document().text())
              .isEqualTo(passages.get(document.index()).document().text());
        }
      }
    }
  }

  @Test
  void longDocumentsAreFoundByTheirBestPassage() {
    String filler = "Nothing of note happens here today. ".repeat(10);
    Document whales = Document.of("whales", filler + "🐋 Whales sleep upright. " + filler);
    Document cats = Document.of("cats", filler + "Cats sleep all day long. " + filler);
    try (var index = LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).build();
        var reranker = open()) {
      for (Document document : List.of(whales, cats)) {
        index.add(SPLITTER.split(document));
      }
      Pipeline pipeline = Pipeline.builder().retrieve(index.knn(), 20).rerank(reranker, 2).build();
      RankedDocument best = pipeline.search("Whales sleep").documents().get(0);
      assertThat(best.document().id()).isEqualTo("whales");
      Passage place = Passage.of(best.document()).orElseThrow();
      assertThat(whales.text().substring(place.start(), place.end())).contains("Whales sleep");

      index.delete(Passage.allOf("whales"));
      assertThat(pipeline.search("Whales sleep").documents())
          .extracting(d -> d.document().id())
          .containsExactly("cats");
    }
  }

  @Test
  void passagesOfAnApplicationsOwnHaveTheParentItNames() {
    List<Document> passages =
        List.of(
            new Document("1", "Cats sleep.", Map.of("parent_id", "cats")),
            new Document("2", "Whales swim.", Map.of("parent_id", "whales")),
            new Document("3", "Whales sleep.", Map.of("parent_id", "whales")));
    try (var reranker =
        MaxP.of(new OverlapReranker(), passage -> passage.metadata().get("parent_id"))) {
      var ranked =
          reranker.rerank(RerankRequest.ofDocuments("Whales sleep.", passages)).documents();
      assertThat(ranked)
          .extracting(d -> d.document().id() + ": " + d.document().text())
          .containsExactly("whales: Whales sleep.", "cats: Cats sleep.");
      var orphan = RerankRequest.ofDocuments("x", List.of(Document.of("4", "Alone.")));
      assertThatThrownBy(() -> reranker.rerank(orphan))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("the parent of passage '4'");
    }
  }

  @Test
  void aDocumentThatBecameShorterLeavesNoPassageBehind() {
    try (var index = LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).build()) {
      Document other = Document.of("other", "Dogs bark loudly.");
      index.add(List.of(other, Document.of("new#0", "an id that is in the way")));
      Document before = Document.of("new", "Whales sleep upright. ".repeat(10));
      index.replace(Passage.allOf("new"), SPLITTER.split(before));
      assertThat(index.size()).isEqualTo(1 + SPLITTER.split(before).size());
      index.replace(
          Passage.allOf("new"), SPLITTER.split(Document.of("new", "Cats sleep all day.")));
      assertThat(index.size()).isEqualTo(2);
      assertThat(index.bm25().retrieve("whales", 10)).isEmpty();
      assertThat(Texts.ids(index.knn().retrieve("Cats sleep", 1))).containsExactly("new#0");
      index.replace(Passage.allOf("new"), List.of());
      assertThat(Texts.ids(index.bm25().retrieve("dogs cats", 10))).containsExactly("other");
    }
  }

  @Test
  void whatCannotReplaceLeavesTheOld() {
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(SPLITTER.split(Document.of("p", "Whales sleep.")));
      Document bad = new Document("p#0", "text", Map.of("", "no key"));
      assertThatThrownBy(() -> index.replace(Passage.allOf("p"), List.of(bad)))
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
      assertThatThrownBy(() -> index.replace(Passage.allOf("p"), passages))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "one of 2 documents, from 'p#0' to 'p#1', cannot be indexed: Document contains at"
                  + " least one immense term");
      assertThat(index.size()).isEqualTo(1);
      assertThat(Texts.ids(index.bm25().retrieve("whales", 10))).containsExactly("p#0");
    }
  }

  @Test
  void topNCountsDocuments() {
    List<Document> passages =
        IntStream.range(0, 3)
            .boxed()
            .flatMap(i -> SPLITTER.split(Document.of("d" + i, "One two. ".repeat(20))).stream())
            .toList();
    try (var reranker = open()) {
      assertThat(
              reranker.rerank(RerankRequest.ofDocuments("One", passages).withTopN(2)).documents())
          .extracting(RankedDocument::rank)
          .containsExactly(1, 2);
    }
  }
}
