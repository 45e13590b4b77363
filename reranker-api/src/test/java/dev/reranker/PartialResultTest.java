package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.StageReport.Outcome;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Threshold, combiner, ties and topN where only some documents were scored, or none. */
class PartialResultTest {

  private static final Retriever FIRST =
      Fixed.retriever("bm25", hit("a", 21), hit("b", 20), hit("c", 19), hit("d", 18), hit("e", 17));

  /** Scores only those that it knows, as a reranker does whose time was up. */
  private static Reranker knows(Map<String, Double> scores) {
    return request -> {
      var result = RerankResult.builder(request, "partial").pastDeadline();
      for (int i = 0; i < request.candidates().size(); i++) {
        Double score = scores.get(request.candidates().get(i).document().id());
        if (score != null) {
          result.score(i, score);
        }
      }
      return result.build();
    };
  }

  private static Reranker failing(RuntimeException failure) {
    return request -> {
      throw failure;
    };
  }

  private static Pipeline.Builder over(Reranker reranker) {
    return Pipeline.builder().retrieve(FIRST, 10).rerank(reranker, 10);
  }

  @Test
  void theThresholdDropsOnlyWhatWasScored() {
    SearchResult result =
        over(knows(Map.of("a", -1.4, "b", -1.0, "d", 0.2))).minScore(-1).build().search("q");
    assertThat(ids(result.hits())).containsExactly("d", "b", "c", "e");
    assertThat(result.hits()).extracting(Hit::scored).containsExactly(true, true, false, false);
    assertThat(result.hits()).extracting(Hit::rank).containsExactly(1, 2, 3, 4);
  }

  @Test
  void theThresholdIsOfTheModelsOwnScore() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(knows(Map.of("a", 0.4, "b", 0.6, "c", 0.9)), 10, ScoreCombiner.weighted(0))
            .minScore(0.5)
            .build();
    assertThat(ids(pipeline.search("q").hits())).containsExactly("b", "c", "d", "e");
  }

  @Test
  void whatIsDroppedMakesRoomWithinTopN() {
    Pipeline pipeline = over(knows(Map.of("a", -5.0, "b", 1.0))).minScore(0).topN(3).build();
    assertThat(ids(pipeline.search("q").hits())).containsExactly("b", "c", "d");
  }

  @Test
  void aCombinerSeesOnlyWhatWasScored() {
    var seen = new ArrayList<Integer>();
    ScoreCombiner combiner =
        hits -> {
          seen.add(hits.size());
          return ScoreCombiner.weighted(1).combine(hits);
        };
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(knows(Map.of("d", 3.0)), 10, combiner)
            .build();
    List<Hit> hits = pipeline.search("q").hits();
    assertThat(seen).containsExactly(1);
    assertThat(ids(hits)).containsExactly("d", "a", "b", "c", "e");
    assertThat(hits).extracting(Hit::scored).containsExactly(true, false, false, false, false);
    assertThat(hits.get(1).trail())
        .containsExactly(
            StageScore.of("bm25", 1, 21),
            StageScore.unscored("partial", 2, 21),
            StageScore.unscored("combined", 2, 21));
  }

  @Test
  void tiesOfCombinedScoresKeepTheOrderBefore() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(knows(Map.of("e", 1.0, "a", 1.0, "c", 1.0)), 10, ScoreCombiner.weighted(1))
            .build();
    assertThat(ids(pipeline.search("q").hits())).containsExactly("a", "c", "e", "b", "d");
  }

  @Test
  void aFailureKeepsTheOrderAndIsSaid() {
    SearchResult result = over(failing(new InferenceException("NaN"))).build().search("q");
    assertThat(ids(result.hits())).containsExactly("a", "b", "c", "d", "e");
    assertThat(result.hits()).noneMatch(Hit::scored);
    assertThat(result.hits()).extracting(Hit::score).containsExactly(21.0, 20.0, 19.0, 18.0, 17.0);
    assertThat(result.complete()).isFalse();
    StageReport report = result.stages().getLast();
    assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(report.failure()).get().isInstanceOf(InferenceException.class);
    assertThat(report.scored()).isZero();
    assertThat(report.skipped()).isEqualTo(5);
  }

  @Test
  void aFailureIsThrownWhereThePolicySaysSo() {
    Pipeline pipeline =
        over(failing(new InferenceException("NaN"))).onFailure(FailurePolicy.THROW).build();
    assertThatThrownBy(() -> pipeline.search("q")).isInstanceOf(InferenceException.class);
  }

  @Test
  void noPolicyHidesTheCallersMistake() {
    for (RuntimeException mistake :
        List.of(new IllegalArgumentException("too long"), new IllegalStateException("closed"))) {
      assertThatThrownBy(() -> over(failing(mistake)).build().search("q")).isSameAs(mistake);
    }
  }

  @Test
  void aCascadeGoesOnBehindAFailedStage() {
    SearchResult result =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(failing(new InferenceException("NaN")), 3)
            .rerank(knows(Map.of("a", 1.0, "b", 2.0, "c", 3.0)), 2)
            .build()
            .search("q");
    assertThat(ids(result.hits())).containsExactly("c", "b");
    assertThat(result.hits().getFirst().trail())
        .extracting(StageScore::scored)
        .containsExactly(true, false, true);
  }

  @Test
  void afterTheDeadlineNoStageBegins() {
    var time = new AtomicLong(Long.MAX_VALUE - 5);
    Retriever slow =
        (query, k) -> {
          time.addAndGet(10);
          return FIRST.retrieve(query, k);
        };
    Pipeline pipeline =
        Pipeline.builder()
            .clock(time::get)
            .retrieve(slow, 10)
            .rerank(failing(new IllegalStateException("asked after the deadline")), 3)
            .deadline(Duration.ofNanos(10))
            .build();
    SearchResult result = pipeline.search("q");
    assertThat(ids(result.hits())).containsExactly("a", "b", "c");
    assertThat(result.stages())
        .extracting(StageReport::outcome)
        .containsExactly(Outcome.COMPLETE, Outcome.DEADLINE);
    assertThat(result.stages().getFirst().took()).isEqualTo(Duration.ofNanos(10));
    assertThatThrownBy(
            () -> pipeline.toBuilder().onFailure(FailurePolicy.THROW).build().search("q"))
        .isInstanceOf(DeadlineException.class);
  }

  @Test
  void theEarliestOfTheDeadlinesCounts() {
    var time = new AtomicLong();
    Reranker asks =
        request -> {
          assertThat(request.context().deadline().remaining()).isEqualTo(Duration.ofNanos(7));
          return RerankResult.builder(request, "asks").build();
        };
    Pipeline pipeline =
        Pipeline.builder()
            .clock(time::get)
            .retrieve(FIRST, 1)
            .rerank(asks, 1)
            .deadline(Duration.ofNanos(9))
            .onFailure(FailurePolicy.THROW)
            .build();
    SearchRequest request = SearchRequest.of("q");
    pipeline.search(request.withDeadline(Duration.ofNanos(7)));
    pipeline.search(
        request.withContext(
            SearchContext.create().withDeadline(Deadline.after(Duration.ofNanos(7), time::get))));
  }

  @Test
  void aCancelledSearchEnds() {
    SearchRequest request = SearchRequest.of("q");
    Reranker cancels =
        asked -> {
          request.context().cancel();
          return RerankResult.builder(asked, "cancels").build();
        };
    Pipeline pipeline =
        Pipeline.builder().retrieve(FIRST, 5).rerank(cancels, 5).rerank(cancels, 5).build();
    assertThatThrownBy(() -> pipeline.search(request)).isInstanceOf(CancelledException.class);
    assertThatThrownBy(() -> pipeline.search(request)).isInstanceOf(CancelledException.class);
  }

  @Test
  void aListenerHearsEachStageAndCannotEndTheSearch() {
    var heard = new ArrayList<String>();
    SearchListener listener =
        new SearchListener() {
          @Override
          public void started(String stage) {
            heard.add(stage + " started");
            throw new IllegalStateException("ignored");
          }

          @Override
          public void ended(StageReport report) {
            heard.add(report.stage() + " " + report.outcome());
            throw new IllegalStateException("ignored");
          }
        };
    Pipeline pipeline = over(failing(new InferenceException("NaN"))).build();
    assertThat(pipeline.search(SearchRequest.of("q").withListener(listener)).hits()).hasSize(5);
    assertThat(heard)
        .containsExactly("bm25 started", "bm25 COMPLETE", "rerank started", "rerank FAILED");
  }

  @Test
  void attributesAndFilterReachEveryStage() {
    var seen = new ArrayList<Object>();
    Retriever retriever =
        Retriever.of(
            "mine",
            (query, k, context) -> {
              seen.add(context.attribute("tenant", String.class).orElseThrow());
              seen.add(context.filter().orElseThrow());
              return FIRST.retrieve(query, k);
            });
    Reranker reranker =
        request -> {
          seen.add(request.context().attribute("tenant", String.class).orElseThrow());
          return RerankResult.builder(request, "mine").build();
        };
    Pipeline.builder()
        .retrieve(retriever, 3)
        .rerank(reranker, 3)
        .build()
        .search(SearchRequest.of("q").withAttribute("tenant", "acme").withFilter(7));
    assertThat(seen).containsExactly("acme", 7, "acme");
  }

  @Test
  void aContextThatWouldDropAFilterIsRefused() {
    SearchContext context = SearchContext.create();
    assertThatThrownBy(() -> SearchRequest.of("q").withFilter(7).withContext(context))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call withContext first");
    assertThat(SearchRequest.of("q").withContext(context).withFilter(7).context().filter())
        .contains(7);
  }

  @Test
  void aFilterThatIsNeverAskedForIsRefused() {
    Retriever forgetful = Retriever.of("forgetful", (query, k, context) -> List.of());
    assertThatThrownBy(
            () ->
                Pipeline.builder()
                    .retrieve(forgetful, 3)
                    .build()
                    .search(SearchRequest.of("q").withFilter("tenant = acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which retriever 'forgetful' never asked for");
  }

  @Test
  void scoresOfTwoUnitsAreNeverCombined() {
    // After the partial stage a and b have its scores, the others still BM25's.
    Pipeline.Builder cascade =
        Pipeline.builder().retrieve(FIRST, 10).rerank(knows(Map.of("b", 0.9, "a", 0.1)), 10);
    Reranker same = knows(Map.of("a", 0.5, "b", 0.5, "c", 0.5, "d", 0.5, "e", 0.5));
    for (ScoreCombiner combiner : List.of(ScoreCombiner.weighted(0.5), ScoreCombiner.rrf())) {
      Pipeline pipeline = cascade.build().toBuilder().rerank(same, 10, combiner).build();
      assertThat(ids(pipeline.search("q").hits()).getFirst()).isEqualTo("b");
    }
  }

  @Test
  void aPartialAnswerIsAnExceptionWhereThePolicySaysSo() {
    Pipeline pipeline = over(knows(Map.of("a", 1.0))).onFailure(FailurePolicy.THROW).build();
    assertThatThrownBy(() -> pipeline.search("q"))
        .isInstanceOf(DeadlineException.class)
        .hasMessageContaining("before reranker 'rerank' was done");
  }

  @Test
  void aFilterIsNeverIgnored() {
    Retriever lambda = (query, k) -> List.of();
    assertThatThrownBy(
            () ->
                Pipeline.builder()
                    .retrieve(lambda, 3)
                    .build()
                    .search(SearchRequest.of("q").withFilter("tenant = acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which retriever 'retriever' cannot apply");
  }
}
