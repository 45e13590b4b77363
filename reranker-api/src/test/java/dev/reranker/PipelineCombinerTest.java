package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.InferenceException;
import dev.reranker.passage.MaxP;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a pipeline joins a reranker's scores with, and which rank counts as the one before. */
class PipelineCombinerTest {

  private static final Retriever FIRST =
      retriever("first", hit("a", 9), hit("b", 8), hit("c", 7), hit("d", 6));
  private static final Logits MODEL =
      Logits.withPrior("model", Map.of("a", 0.0, "b", 0.5, "c", 3.0, "d", -1.0));

  /** Sees no difference, so that only the order before it counts. */
  private static final Logits BLIND = Logits.withPrior("blind", Map.of());

  private static List<Hit> search(Pipeline.Builder pipeline) {
    return pipeline.build().search("q").hits();
  }

  private static Pipeline.Builder first() {
    return Pipeline.builder().retrieve(FIRST, 10);
  }

  /** The ids in this order, each with no logit but its rank's cost. */
  private static void assertCostOfRanks(List<Hit> hits, String... ids) {
    assertThat(ids(hits)).containsExactly(ids);
    for (Hit hit : hits) {
      assertThat(hit.score()).isCloseTo(-Math.log(hit.rank() + 1) / Math.log(2), within(1e-12));
    }
  }

  @Test
  void byDefaultARerankerIsAskedForItsCombiner() {
    List<Hit> hits = search(first().rerank(MODEL, 10));
    assertThat(ids(hits)).containsExactly("c", "a", "b", "d");
    assertThat(hits).isEqualTo(search(first().rerank(MODEL, 10, ScoreCombiner.rankPrior(1))));
    assertThat(hits.getFirst().trail())
        .extracting(StageScore::stage)
        .containsExactly("first", "model", "combined");
  }

  @Test
  void anExplicitCombinerStays() {
    List<Hit> hits = search(first().rerank(MODEL, 10, ScoreCombiner.replace()));
    assertThat(ids(hits)).containsExactly("c", "b", "a", "d");
    assertThat(hits.getFirst().stage()).isEqualTo("model");
  }

  @Test
  void aPipelineMadeOfAnotherKeepsIt() {
    assertThat(search(first().rerank(MODEL, 10).build().toBuilder()))
        .isEqualTo(search(first().rerank(MODEL, 10)));
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it is about
  void aCombinerOfNullNamesItsReranker() {
    var careless = new Logits("careless", Map.of(), null);
    assertThatThrownBy(() -> first().rerank(careless, 10))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("the combiner of reranker 'careless' is null")
        .hasMessageContaining("replace()");
  }

  @Test
  void theLowestScoreIsTheRerankersOwn() {
    // Sigmoids: a 0.5, b 0.62, c 0.95, d 0.27; joined, b has -1.08.
    assertThat(ids(search(first().rerank(MODEL, 10).minScore(0.6)))).containsExactly("c", "b");
    assertThat(ids(search(first().rerank(MODEL, 10).minScore(0.4)))).containsExactly("c", "a", "b");
  }

  @Test
  void anotherNameKeepsTheCombiner() {
    Reranker renamed = Reranker.of("renamed", MODEL);
    assertThat(renamed.combiner()).isSameAs(MODEL.combiner());
    List<Hit> hits = search(first().rerank(renamed, 10));
    assertThat(ids(hits)).containsExactly("c", "a", "b", "d");
    assertThat(hits.getFirst().trail())
        .extracting(StageScore::stage)
        .containsExactly("first", "renamed", "combined");
  }

  @Test
  void aScorerAndALambdaReplace() {
    assertThat(Reranker.of("scorer", (q, passages) -> new float[passages.size()]).combiner())
        .isSameAs(ScoreCombiner.replace());
    Reranker lambda = request -> RerankResult.builder(request, "lambda").build();
    assertThat(lambda.combiner()).isSameAs(ScoreCombiner.replace());
  }

  @Test
  void theRankBeforeIsTheFirstStages() {
    assertCostOfRanks(search(first().rerank(BLIND, 10)), "a", "b", "c", "d");
  }

  @Test
  void ranksThatARetrieverGotWrongAreThoseOfItsList() {
    Retriever careless =
        (query, k) ->
            List.of(
                Hit.of(Document.of("a", "a"), "x", 7, 1),
                Hit.of(Document.of("b", "b"), "x", 7, 2),
                Hit.of(Document.of("c", "c"), "x", 1, 3));
    assertCostOfRanks(
        search(Pipeline.builder().retrieve(careless, 10).rerank(BLIND, 10)), "a", "b", "c");
  }

  @Test
  void inACascadeItIsTheRankerBefores() {
    var small = new Logits("small", Map.of("d", 3.0, "b", 2.0, "a", 1.0), ScoreCombiner.replace());
    assertCostOfRanks(search(first().rerank(small, 3).rerank(BLIND, 10)), "d", "b", "a");
  }

  @Test
  void behindCombinedScoresItIsTheCombinedRank() {
    List<Hit> hits = search(first().rerank(MODEL, 3).rerank(BLIND, 10));
    assertCostOfRanks(hits, "c", "a", "b");
    assertThat(hits.getFirst().trail())
        .extracting(StageScore::stage)
        .containsExactly("first", "model", "combined", "blind", "combined");
  }

  @Test
  void behindARerankerThatFailedItIsTheRankThatWasLeft() {
    Reranker broken =
        request -> {
          throw new InferenceException("broken");
        };
    assertCostOfRanks(search(first().rerank(broken, 3).rerank(BLIND, 10)), "a", "b", "c");
  }

  @Test
  void behindOneThatScoredSomeItIsTheRankThatItGave() {
    Reranker hasty =
        request -> RerankResult.builder(request, "hasty").score(2, 1).pastDeadline().build();
    assertCostOfRanks(search(first().rerank(hasty, 3).rerank(BLIND, 10)), "c", "a", "b");
  }

  @Test
  void afterAFusionItIsTheFusedRank() {
    Retriever fused = Fusion.rrf(FIRST, retriever("second", hit("c", 3), hit("b", 2), hit("e", 1)));
    List<Hit> hits = search(Pipeline.builder().retrieve(fused, 10).rerank(BLIND, 10));
    assertCostOfRanks(hits, "c", "b", "a", "e", "d");
  }

  /** The parent is the first letter of a passage's id. */
  private static MaxP maxP(Reranker passages) {
    return MaxP.of(passages, passage -> passage.id().substring(0, 1));
  }

  private static final Retriever PASSAGES =
      retriever("first", hit("a1", 9), hit("b1", 8), hit("b2", 7), hit("a2", 6));

  @Test
  void underMaxPItIsThatOfTheDocumentsBestPassage() {
    Logits passages = Logits.withPrior("model", Map.of("a1", 3.0, "a2", 3.25, "b2", 2.5));
    List<Hit> hits = search(Pipeline.builder().retrieve(PASSAGES, 10).rerank(maxP(passages), 10));
    // By the logit's own rank, 4, the better second passage would cost the document its place.
    assertThat(hits)
        .extracting(hit -> hit.document().id() + " " + hit.document().text())
        .containsExactly("a a2", "b b2");
    assertThat(hits.getFirst().score()).isCloseTo(3.25 - 1, within(1e-12));
    assertThat(hits.getLast().score()).isCloseTo(2.5 - Math.log(3) / Math.log(2), within(1e-12));
    assertThat(hits.getFirst().trail().getFirst()).isEqualTo(StageScore.of("first", 1, 9));
    assertThat(hits.getFirst().trail().get(1).raw()).hasValue(3.25);
  }

  @Test
  void underMaxPAfterAFusionDocumentsStayScored() {
    // The best passage of "a" before was found by one retriever, the winning one by both.
    Retriever fused =
        Fusion.builder()
            .retriever(PASSAGES)
            .retriever(retriever("second", hit("a2", 1)), 0.001)
            .build();
    Logits passages = Logits.withPrior("model", Map.of("a2", 5.0));
    List<Hit> hits = search(Pipeline.builder().retrieve(fused, 10).rerank(maxP(passages), 10));
    assertThat(ids(hits)).containsExactly("a", "b");
    assertThat(hits).allMatch(Hit::scored);
    assertThat(hits.getFirst().trail())
        .extracting(StageScore::stage)
        .containsExactly("first", "second", "rrf", "model", "combined");
    assertThat(hits.getFirst().score()).isCloseTo(5.0 - 1, within(1e-12));
  }

  @Test
  void underMaxPInACascadeItIsThatOfTheStageBefore() {
    var small = new Logits("small", Map.of("a2", 3.0, "b2", 2.0), ScoreCombiner.replace());
    List<Hit> hits =
        search(Pipeline.builder().retrieve(PASSAGES, 10).rerank(small, 4).rerank(maxP(BLIND), 10));
    assertCostOfRanks(hits, "a", "b");
    assertThat(hits.getLast().trail().get(1).rank()).isEqualTo(2);
  }

  @Test
  void underMaxPUnscoredDocumentsStandBehind() {
    Reranker hasty =
        new Reranker() {
          @Override
          public RerankResult rerank(RerankRequest request) {
            return RerankResult.builder(request, "hasty").score(2, 0.5, 0).pastDeadline().build();
          }

          @Override
          public ScoreCombiner combiner() {
            return ScoreCombiner.rankPrior(1);
          }
        };
    List<Hit> hits = search(Pipeline.builder().retrieve(PASSAGES, 10).rerank(maxP(hasty), 10));
    assertThat(hits)
        .extracting(hit -> hit.document().id() + hit.scored())
        .containsExactly("btrue", "afalse");
    assertThat(hits.getFirst().score()).isCloseTo(-Math.log(3) / Math.log(2), within(1e-12));
  }
}
