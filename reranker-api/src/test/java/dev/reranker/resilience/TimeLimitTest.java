package dev.reranker.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(60)
class TimeLimitTest {

  private static final List<Hit> HITS =
      List.of(
          Hit.of(Document.of("a", "whales"), "first", 1, 2.0),
          Hit.of(Document.of("b", "ocean"), "first", 2, 1.0));
  private static final Reranker REVERSES =
      request -> {
        var result = RerankResult.builder(request, "reverses");
        for (int i = 0; i < request.candidates().size(); i++) {
          result.score(i, i, i);
        }
        return result.build();
      };

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final TimeLimit limit = TimeLimit.on(threads).withGrace(Duration.ofMillis(1));
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch began = new CountDownLatch(1);
  private final AtomicReference<SearchContext> seen = new AtomicReference<>();

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).as("no thread is left").isTrue();
  }

  /** Does not look at its deadline; ends by an interrupt alone. */
  private void hang(SearchContext context) {
    seen.set(context);
    began.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      Thread.currentThread().interrupt();
    }
  }

  private SearchContext seen() {
    return Objects.requireNonNull(seen.get());
  }

  private Reranker hanging() {
    return Reranker.of(
        "hangs",
        request -> {
          hang(request.context());
          return RerankResult.builder(request, "hangs").build();
        });
  }

  private static RerankRequest request(SearchContext context) {
    return RerankRequest.of("how do whales sleep", HITS).withContext(context);
  }

  private static SearchContext within(Duration time) {
    return SearchContext.create().withDeadline(Deadline.after(time));
  }

  @Test
  void whatHangsIsLeftBehindAtTheDeadline() throws InterruptedException {
    Reranker limited = limit.around(hanging());
    assertThatThrownBy(() -> limited.rerank(request(within(Duration.ofMillis(20)))))
        .isInstanceOf(DeadlineException.class)
        .hasMessageContainingAll("reranker 'hangs'", "left behind");
    interrupted.await();
    assertThat(seen().cancelled()).isTrue();
  }

  @Test
  void theSearchGoesOnWithTheFirstStagesOrder() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve((query, k) -> HITS, 10)
            .rerank(limit.around(hanging()), 10)
            .deadline(Duration.ofMillis(20))
            .build();
    SearchResult result = pipeline.search("how do whales sleep");
    assertThat(result.hits()).extracting(hit -> hit.document().id()).containsExactly("a", "b");
    StageReport report = result.stages().getLast();
    assertThat(report.outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
    assertThat(report.skipped()).isEqualTo(2);
  }

  @Test
  void aRetrieverThatHangsIsLeftBehindToo() throws InterruptedException {
    Retriever hangs =
        new Retriever() {
          @Override
          public List<Hit> retrieve(String query, int k) {
            return retrieve(query, k, SearchContext.create());
          }

          @Override
          public List<Hit> retrieve(String query, int k, SearchContext context) {
            hang(context);
            return List.of();
          }

          @Override
          public String name() {
            return "index";
          }
        };
    Retriever limited = limit.atMost(Duration.ofMillis(20)).around(hangs);
    assertThat(limited.name()).isEqualTo("index");
    assertThatThrownBy(() -> limited.retrieve("whales", 10))
        .isInstanceOf(DeadlineException.class)
        .hasMessageContaining("retriever 'index'");
    interrupted.await();
  }

  @Test
  void aTimeOfItsOwnHoldsWhereItIsEarlier() {
    Reranker limited = limit.atMost(Duration.ofMillis(20)).around(hanging());
    SearchContext hour = within(Duration.ofHours(1));
    assertThatThrownBy(() -> limited.rerank(request(hour))).isInstanceOf(DeadlineException.class);
    assertThat(hour.cancelled()).as("the search goes on").isFalse();
    assertThat(seen().deadline().remaining()).isZero();
  }

  @Test
  void whatAnswersInTimeIsAsWithoutALimit() {
    Reranker limited = limit.around(Reranker.of("reverses", REVERSES));
    RerankResult result = limited.rerank(request(within(Duration.ofHours(1))));
    assertThat(result.hits()).extracting(hit -> hit.document().id()).containsExactly("b", "a");
    assertThat(limited.name()).isEqualTo("reverses");
  }

  @Test
  void withoutALimitNothingIsHandedOver() {
    threads.shutdown();
    assertThat(limit.around(REVERSES).rerank(request(SearchContext.create())).hits()).hasSize(2);
  }

  @Test
  void aFailureComesOutAsItIs() {
    var failure = new InferenceException("bad batch");
    Reranker limited =
        limit.around(
            (Reranker)
                request -> {
                  throw failure;
                });
    assertThatThrownBy(() -> limited.rerank(request(within(Duration.ofHours(1)))))
        .isSameAs(failure);
  }

  @Test
  void cancellingTheSearchEndsTheWaitAndTheStage() throws InterruptedException {
    SearchContext context = within(Duration.ofHours(1));
    var canceller =
        new Thread(
            () -> {
              awaitBegin();
              context.cancel();
            });
    canceller.start();
    assertThatThrownBy(() -> limit.around(hanging()).rerank(request(context)))
        .isInstanceOf(CancelledException.class);
    interrupted.await();
    assertThat(seen().cancelled()).isTrue();
    canceller.join();
  }

  @Test
  void anInterruptedCallerIsToldAndStaysInterrupted() throws InterruptedException {
    Thread caller = Thread.currentThread();
    var interrupter =
        new Thread(
            () -> {
              awaitBegin();
              caller.interrupt();
            });
    interrupter.start();
    assertThatThrownBy(() -> limit.around(hanging()).rerank(request(within(Duration.ofHours(1)))))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupted.await();
    interrupter.join();
  }

  private void awaitBegin() {
    try {
      began.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anExecutorThatIsFullSaysSo() {
    try (var one = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>())) {
      one.execute(() -> hang(SearchContext.create()));
      Reranker limited = TimeLimit.on(one).around(REVERSES);
      assertThatThrownBy(() -> limited.rerank(request(within(Duration.ofHours(1)))))
          .isInstanceOf(OverloadException.class)
          .hasMessageContaining("executor");
      one.shutdownNow();
    }
  }

  @Test
  void whoStillWaitsInTheExecutorsQueueIsNeverBegun() throws InterruptedException {
    var queue = new LinkedBlockingQueue<Runnable>();
    try (var one = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, queue)) {
      one.execute(() -> hang(SearchContext.create()));
      var asked = new AtomicReference<RerankRequest>();
      Reranker limited =
          TimeLimit.on(one)
              .withGrace(Duration.ZERO)
              .around(
                  (Reranker)
                      request -> {
                        asked.set(request);
                        return RerankResult.builder(request, "asked").build();
                      });
      assertThatThrownBy(() -> limited.rerank(request(within(Duration.ofMillis(5)))))
          .isInstanceOf(DeadlineException.class);
      one.shutdown();
      awaitBegin();
      queue.forEach(Runnable::run);
      assertThat(asked).hasValue(null);
      one.shutdownNow();
    }
  }

  @Test
  void aBreakerCountsWhatWasLeftBehind() {
    CircuitBreaker breaker = CircuitBreaker.builder().slowCall(Duration.ofMillis(1)).build();
    Reranker guarded = breaker.around(limit.around(hanging()));
    assertThatThrownBy(() -> guarded.rerank(request(within(Duration.ofMillis(20)))))
        .isInstanceOf(DeadlineException.class);
    assertThat(breaker.counts().faults()).isOne();
  }

  @Test
  void theLogContextGoesAlong() {
    MDC.put("trace", "7");
    try {
      var trace = new AtomicReference<String>();
      Reranker limited =
          limit.around(
              (Reranker)
                  request -> {
                    trace.set(MDC.get("trace"));
                    return RerankResult.builder(request, "traced").build();
                  });
      limited.rerank(request(within(Duration.ofHours(1))));
      assertThat(trace).hasValue("7");
    } finally {
      MDC.remove("trace");
    }
  }

  @Test
  void throwingIsAPolicyToo() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve((query, k) -> HITS, 10)
            .rerank(limit.around(hanging()), 10)
            .onFailure(FailurePolicy.THROW)
            .deadline(Duration.ofMillis(20))
            .build();
    assertThatThrownBy(() -> pipeline.search("how do whales sleep"))
        .isInstanceOf(DeadlineException.class);
  }
}
