package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.SearchContext;
import dev.reranker.StageReport;
import dev.reranker.error.CancelledException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deadlines and cancelling in the middle of a call. One thread, and one row in each batch; the
 * worker asks for the time once before each of its steps, and each time an hour has passed: a wave
 * of four passages takes four hours to tokenize and four to score.
 */
class DeadlineTest {

  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES = Collections.nCopies(12, "ocean ".repeat(80));
  private static final int WAVE = 4;

  private final AtomicInteger hours = new AtomicInteger();
  private OnnxReranker reranker;

  @BeforeEach
  void open(@TempDir Path directory) {
    reranker =
        OnnxReranker.builder()
            .model(new TinyModel().in(directory))
            .threads(1)
            .maxLength(64)
            .batchTokens(64)
            .build();
  }

  @AfterEach
  void close() {
    reranker.close();
  }

  private RerankResult rerank(Duration time) {
    SearchContext context = SearchContext.create().withDeadline(Deadline.after(time, this::clock));
    return reranker.rerank(RerankRequest.ofTexts(QUERY, PASSAGES).withContext(context));
  }

  private long clock() {
    boolean worker = Thread.currentThread().getName().startsWith("reranker-");
    return Duration.ofHours(worker ? hours.incrementAndGet() : hours.get()).toNanos();
  }

  @Test
  void theFirstCandidatesAreScoredFirst() {
    RerankResult result = rerank(Duration.ofHours(2 * WAVE + 1));
    assertThat(result.hits().subList(0, WAVE))
        .allMatch(Hit::scored)
        .extracting(Hit::index)
        .containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(result.hits().subList(WAVE, PASSAGES.size()))
        .noneMatch(Hit::scored)
        .extracting(Hit::index)
        .containsExactlyElementsOf(IntStream.range(WAVE, PASSAGES.size()).boxed().toList());
  }

  @Test
  void theReportSaysHowManyAndWhy() {
    StageReport report = rerank(Duration.ofHours(2 * WAVE + 1)).report();
    assertThat(report.outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
    assertThat(report.scored()).isEqualTo(WAVE);
    assertThat(report.skipped()).isEqualTo(PASSAGES.size() - WAVE);
    assertThat(report.truncated()).isEqualTo(WAVE);
    assertThat(report.tokens()).isEqualTo(WAVE * 64L);
  }

  @Test
  void whatIsDoneOfAWaveCounts() {
    assertThat(rerank(Duration.ofHours(WAVE + 3)).report().scored()).isEqualTo(2);
  }

  @Test
  void withoutATokenizedWaveNothingIsScored() {
    StageReport report = rerank(Duration.ofHours(2)).report();
    assertThat(report.scored()).isZero();
    assertThat(report.outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
  }

  @Test
  void aDeadlineThatHasPassedLeavesAllUnscored() {
    RerankResult result = rerank(Duration.ZERO);
    assertThat(result.hits()).hasSize(PASSAGES.size()).noneMatch(Hit::scored);
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
  }

  @Test
  void aDeadlineFarAwayChangesNothing() {
    RerankResult result = rerank(Duration.ofDays(365));
    assertThat(result.hits()).allMatch(Hit::scored);
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.COMPLETE);
    assertThat(result.hits().get(0).raw())
        .isEqualTo(reranker.rerank(QUERY, PASSAGES).hits().get(0).raw());
  }

  @Test
  void noCandidatesAreCompleteAtAnyTime() {
    SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
    RerankResult result =
        reranker.rerank(RerankRequest.ofTexts(QUERY, List.of()).withContext(late));
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.COMPLETE);
  }

  @Test
  void cancellingInTheMiddleEndsTheCall() {
    SearchContext context = SearchContext.create();
    SearchContext counted =
        context.withDeadline(
            Deadline.after(
                Duration.ofDays(365),
                () -> {
                  long now = clock();
                  if (hours.get() == 2 * WAVE + 1) {
                    context.cancel();
                  }
                  return now;
                }));
    assertThatThrownBy(
            () -> reranker.rerank(RerankRequest.ofTexts(QUERY, PASSAGES).withContext(counted)))
        .isInstanceOf(CancelledException.class);
    assertThat(hours.get()).as("nothing was done afterwards").isEqualTo(2 * WAVE + 1);
    assertThat(reranker.score(QUERY, PASSAGES)).hasSize(PASSAGES.size());
  }
}
