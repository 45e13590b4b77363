package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.StageReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What becomes of an answer whose scores are of two scales, since the time was up. */
class PartialPolicyTest {

  private static final Retriever FIRST =
      Fixed.retriever(
          "bm25",
          hit("k1", 21.4),
          hit("k2", 20.9),
          hit("k3", 19.0),
          hit("k4", 18.7),
          hit("k5", 16.2),
          hit("k6", 15.8),
          hit("k7", 14.9),
          hit("k8", 14.1));

  private static final Map<String, Double> MODEL =
      Map.of(
          "k1", -3.2, "k2", 4.8, "k3", 0.6, "k4", -0.1, "k5", 7.5, "k6", -6.0, "k7", 1.1, "k8",
          5.9);

  private final AtomicLong time = new AtomicLong();
  private final AtomicInteger batches = new AtomicInteger();

  /** Scores two candidates a batch; the deadline passes after the second batch. */
  private final Reranker inBatches =
      request -> {
        var result = RerankResult.builder(request, "model");
        List<Hit> candidates = request.candidates();
        for (int i = 0; i < candidates.size(); i++) {
          if (i % 2 == 0) {
            if (request.context().deadline().expired()) {
              return result.pastDeadline().build();
            }
            batches.incrementAndGet();
            time.addAndGet(5);
          }
          String id = candidates.get(i).document().id();
          result.score(i, MODEL.getOrDefault(id, 0.0));
        }
        return result.build();
      };

  private Pipeline.Builder pipeline() {
    return Pipeline.builder()
        .clock(time::get)
        .retrieve(FIRST, 8)
        .rerank(inBatches, 8)
        .deadline(Duration.ofNanos(10))
        .minScore(-1.0)
        .topN(6);
  }

  @Test
  void theScoredStandFirst() {
    SearchResult result = pipeline().build().search("q");
    assertThat(ids(result.hits())).containsExactly("k2", "k3", "k4", "k5", "k6", "k7");
    assertThat(result.hits())
        .extracting(Hit::scored)
        .containsExactly(true, true, true, false, false, false);
    StageReport report = result.stages().getLast();
    assertThat(report.outcome()).isEqualTo(Outcome.DEADLINE);
    assertThat(report.scored()).isEqualTo(4);
    assertThat(report.skipped()).isEqualTo(4);
    assertThat(result.hits())
        .extracting(found -> found.earlier().getFirst())
        .startsWith(StageScore.of("bm25", 2, 20.9));
    assertThat(batches).hasValue(2);
  }

  @Test
  void allOrNothingKeepsTheOrder() {
    Pipeline pipeline = pipeline().onPartial(FailurePolicy.Partial.ALL_OR_NOTHING).build();
    SearchResult result = pipeline.search("q");
    assertThat(ids(result.hits())).containsExactly("k1", "k2", "k3", "k4", "k5", "k6");
    assertThat(result.hits()).noneMatch(Hit::scored);
    assertThat(result.complete()).isFalse();
    StageReport report = result.stages().getLast();
    assertThat(report.outcome()).isEqualTo(Outcome.DEADLINE);
    assertThat(report.scored()).isZero();
    assertThat(report.skipped()).isEqualTo(8);
  }

  @Test
  void allOrNothingLeavesACompleteAnswerAlone() {
    Pipeline pipeline =
        pipeline()
            .deadline(Duration.ofSeconds(1))
            .onPartial(FailurePolicy.Partial.ALL_OR_NOTHING)
            .build();
    assertThat(ids(pipeline.search("q").hits()))
        .containsExactly("k5", "k8", "k2", "k7", "k3", "k4");
  }

  @Test
  void whoStoppedEarlyByItselfIsNotLate() {
    Reranker stops =
        request -> RerankResult.builder(request, "model").score(1, 2).stoppedEarly().build();
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 8)
            .rerank(stops, 3)
            .onPartial(FailurePolicy.Partial.ALL_OR_NOTHING)
            .onFailure(FailurePolicy.THROW)
            .build();
    SearchResult result = pipeline.search("q");
    assertThat(ids(result.hits())).containsExactly("k2", "k1", "k3");
    assertThat(result.stages().getLast().outcome()).isEqualTo(Outcome.STOPPED_EARLY);
    assertThat(result.stages().getLast().toString()).contains("stopped early");
    assertThat(result.complete()).isTrue();
  }
}
