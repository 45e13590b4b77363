package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.StageReport;
import dev.reranker.prepared.PreparedPassage;
import dev.reranker.testkit.FakeReranker;
import dev.reranker.testkit.RandomText;
import dev.reranker.testkit.RerankerContract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaxPTest extends RerankerContract {

  private static final PassageSplitter SPLITTER =
      PassageSplitter.builder().maxTokens(6).overlap(3).build();

  @Override
  protected Reranker open() {
    return MaxP.of(new FakeReranker("overlap", MaxPTest::logit));
  }

  /** How many of the query's words a passage has, minus a tenth of its number of words. */
  private static double logit(String query, String passage) {
    List<String> words = List.of(passage.split("\\s+", -1));
    long shared = List.of(query.split("\\s+", -1)).stream().filter(words::contains).count();
    return shared - words.size() / 10.0;
  }

  /** A text of short sentences out of a small vocabulary. */
  private static String sentences(Random random) {
    var text = new StringBuilder();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      text.append(RandomText.words(random, 20).replaceFirst("w", "W")).append(". ");
    }
    return text.toString();
  }

  @Test
  void eachDocumentIsAsGoodAsItsBestPassage() {
    var random = new Random(RandomText.seed());
    for (int round = 0; round < 100; round++) {
      List<Hit> passages = new ArrayList<>();
      List<Document> parents = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Document parent = Document.of("doc" + i, sentences(random));
        parents.add(parent);
        for (Document passage : SPLITTER.split(parent)) {
          if (random.nextInt(3) > 0) {
            passages.add(Hit.of(passage, "first", passages.size() + 1, 0));
          }
        }
      }
      String query = RandomText.words(random, 20);
      Map<String, Double> best = new HashMap<>();
      for (Hit passage : passages) {
        String id = passage.document().id();
        double logit = logit(query, passage.document().text());
        best.merge(id.substring(0, id.indexOf('#')), logit, Math::max);
      }
      try (var reranker = open()) {
        List<Hit> ranked = reranker.rerank(RerankRequest.of(query, passages)).hits();
        assertThat(ranked).hasSameSizeAs(best.keySet());
        for (Hit document : ranked) {
          assertThat(document.raw())
              .hasValue(best.getOrDefault(document.document().id(), Double.NaN));
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
  void passagesOfAnApplicationsOwnHaveTheParentItNames() {
    List<Document> passages =
        List.of(
            new Document("1", "Cats sleep.", Map.of("parent_id", "cats")),
            new Document("2", "Whales swim.", Map.of("parent_id", "whales")),
            new Document("3", "Whales sleep.", Map.of("parent_id", "whales")));
    try (var reranker =
        MaxP.of(
            new FakeReranker("overlap", MaxPTest::logit),
            passage -> (String) passage.metadata().get("parent_id"))) {
      var ranked = reranker.rerank(RerankRequest.ofDocuments("Whales sleep.", passages)).hits();
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
  void topNCountsDocuments() {
    List<Document> passages =
        IntStream.range(0, 3)
            .boxed()
            .flatMap(i -> SPLITTER.split(Document.of("d" + i, "One two. ".repeat(20))).stream())
            .toList();
    try (var reranker = open()) {
      assertThat(reranker.rerank(RerankRequest.ofDocuments("One", passages).withTopN(2)).hits())
          .extracting(Hit::rank)
          .containsExactly(1, 2);
    }
  }

  @Test
  void aParentOfUnscoredPassagesStandsBehindAndTheReportSaysWhatWasDone() {
    List<Document> passages =
        List.of(
            new Document("1", "x", Map.of("parent", "a")),
            new Document("2", "x", Map.of("parent", "b")),
            new Document("3", "x", Map.of("parent", "b")));
    Reranker hasty =
        request -> RerankResult.builder(request, "hasty").score(2, 0.5).pastDeadline().build();
    RerankResult result =
        MaxP.of(hasty, passage -> (String) passage.metadata().get("parent"))
            .rerank(RerankRequest.ofDocuments("q", passages));
    assertThat(result.hits()).extracting(hit -> hit.document().id()).containsExactly("b", "a");
    assertThat(result.hits()).extracting(Hit::scored).containsExactly(true, false);
    assertThat(result.hits()).extracting(Hit::rank).containsExactly(1, 2);
    assertThat(result.report().candidates()).isEqualTo(2);
    assertThat(result.report().scored()).isEqualTo(1);
    assertThat(result.report().skipped()).isEqualTo(2);
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
  }

  @Test
  void theWinningPassageKeepsWhatWasPreparedOfItAndTheReportItsCount() {
    var prepared = PreparedPassage.of("model", new byte[] {1});
    List<Document> passages =
        List.of(
            new Document("1", "x", Map.of("parent", "a")),
            new Document("2", "xx", Map.of("parent", "a")).withPrepared(prepared));
    Reranker last =
        request -> RerankResult.builder(request, "m").score(0, 1).score(1, 2).prepared(1).build();
    RerankResult result =
        MaxP.of(last, passage -> (String) passage.metadata().get("parent"))
            .rerank(RerankRequest.ofDocuments("q", passages));
    assertThat(result.hits()).extracting(hit -> hit.document().id()).containsExactly("a");
    assertThat(result.hits().getFirst().document().prepared()).containsSame(prepared);
    assertThat(result.report().prepared()).isEqualTo(1);
  }

  @Test
  void theCombinerIsThatOfTheRerankerBeneath() {
    ScoreCombiner prior = ScoreCombiner.rankPrior(1);
    Reranker logits =
        new Reranker() {
          @Override
          public RerankResult rerank(RerankRequest request) {
            return RerankResult.builder(request, "logits").build();
          }

          @Override
          public ScoreCombiner combiner() {
            return prior;
          }
        };
    assertThat(MaxP.of(logits).combiner()).isSameAs(prior);
    assertThat(MaxP.of(MaxP.of(logits)).combiner()).isSameAs(prior);
    assertThat(open().combiner()).isSameAs(ScoreCombiner.replace());
  }

  @Test
  void aRerankerThatAddsNothingIsPassedOn() {
    List<Hit> candidates =
        List.of(
            Hit.of(Document.of("a", "x"), "first", 1, 2),
            Hit.of(Document.of("b", ""), "first", 2, 1));
    Reranker idle =
        request -> RerankResult.of(request.candidates(), StageReport.builder("idle").build());
    assertThat(MaxP.of(idle).rerank(RerankRequest.of("q", candidates)).hits())
        .isEqualTo(candidates);
  }
}
