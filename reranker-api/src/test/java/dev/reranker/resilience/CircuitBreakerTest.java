package dev.reranker.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchContext;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import dev.reranker.error.RetrievalException;
import dev.reranker.resilience.CircuitBreaker.State;
import dev.reranker.testkit.FakeReranker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private static final Retriever FIRST =
      (query, k) -> List.of(Hit.of(Document.of("a", "text"), "first", 1, 1));

  // Wraps around within the tests.
  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
  private final AtomicInteger asked = new AtomicInteger();
  private Runnable behaviour = () -> {};

  private final CircuitBreaker breaker = breaker().build();

  private final Reranker guarded =
      breaker.around(
          (Reranker)
              request -> {
                asked.incrementAndGet();
                behaviour.run();
                var result = RerankResult.builder(request, "model");
                return request.context().deadline().expired()
                    ? result.pastDeadline().build()
                    : result.score(0, 1).build();
              });

  private CircuitBreaker.Builder breaker() {
    return CircuitBreaker.builder()
        .window(10)
        .leastCalls(10)
        .faultShare(0.5)
        .trialCalls(2)
        .slowCall(Duration.ofSeconds(1))
        .openFor(Duration.ofSeconds(10))
        .clock(time::get);
  }

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private void pass(Duration duration) {
    time.addAndGet(duration.toNanos());
  }

  private RerankRequest request(SearchContext context) {
    return RerankRequest.ofTexts("q", List.of("text")).withContext(context);
  }

  private SearchContext limited(Duration limit) {
    return SearchContext.create().withDeadline(Deadline.after(limit, time::get));
  }

  private void call(Runnable behaviour) {
    call(behaviour, SearchContext.create());
  }

  private void call(Runnable behaviour, SearchContext context) {
    this.behaviour = behaviour;
    int before = asked.get();
    Throwable ended = catchThrowable(() -> guarded.rerank(request(context)));
    assertThat(asked.get()).as("%s", ended).isGreaterThan(before);
  }

  private void succeed() {
    call(() -> {});
  }

  private void fault() {
    call(
        () -> {
          throw new InferenceException("NaN");
        });
  }

  private void open() {
    for (int i = 0; i < 10; i++) {
      fault();
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  private void play(String event) {
    switch (event) {
      case "caller_cancelled" -> {
        SearchContext context = SearchContext.create();
        call(
            () -> {
              context.cancel();
              context.checkCancelled();
            },
            context);
      }
      case "bad_argument" ->
          call(
              () -> {
                throw new IllegalArgumentException("too long");
              });
      case "deadline_while_waiting" ->
          call(() -> pass(Duration.ofMillis(100)), limited(Duration.ofMillis(100)));
      case "success" -> succeed();
      case "model_fault" -> fault();
      case "break_time_over" -> pass(Duration.ofSeconds(10));
      default -> throw new AssertionError(event);
    }
  }

  @Test
  void onlyTheModelsFaultsOpenIt() throws IOException {
    Pattern line =
        Pattern.compile(
            "\\{\"step\": (\\d+), \"event\": \"(\\w+)\", \"state\": \"(\\w+)\", \"counted\":"
                + " (\\w+), \"freeTrials\": (\\w+)}");
    List<String> events = lines("/cases/breaker-events.jsonl");
    assertThat(events).hasSize(74);
    for (String event : events) {
      Matcher found = line.matcher(event);
      assertThat(found.matches()).as(event).isTrue();
      play(found.group(2));
      CircuitBreaker.Counts counts = breaker.counts();
      assertThat(counts.state().name()).as(event).isEqualTo(found.group(3));
      if (!found.group(4).equals("null")) {
        assertThat(counts.counted()).as(event).isEqualTo(Integer.parseInt(found.group(4)));
      }
      if (!found.group(5).equals("null")) {
        assertThat(counts.freeTrials()).as(event).isEqualTo(Integer.parseInt(found.group(5)));
      }
    }
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = CircuitBreakerTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }

  @Test
  void aDeadlineAfterASlowCallIsAFault() {
    call(() -> pass(Duration.ofSeconds(2)), limited(Duration.ofMillis(1500)));
    assertThat(breaker.counts().faults()).isEqualTo(1);
    call(
        () -> {
          pass(Duration.ofSeconds(2));
          throw new DeadlineException("late");
        },
        limited(Duration.ofSeconds(1)));
    assertThat(breaker.counts().faults()).isEqualTo(2);
    call(() -> pass(Duration.ofSeconds(1)), limited(Duration.ofSeconds(1)));
    assertThat(breaker.counts().counted()).isEqualTo(2);
  }

  @Test
  void aLongWaitIsNoWork() {
    Reranker waits =
        breaker.around(
            (Reranker)
                request -> {
                  pass(Duration.ofSeconds(3));
                  return RerankResult.builder(request, "model")
                      .waited(Duration.ofSeconds(3))
                      .pastDeadline()
                      .build();
                });
    waits.rerank(request(limited(Duration.ofSeconds(3))));
    assertThat(breaker.counts().counted()).isZero();
  }

  @Test
  void aSlowAnswerIsAnAnswer() {
    call(() -> pass(Duration.ofSeconds(20)));
    assertThat(breaker.counts().counted()).isEqualTo(1);
    assertThat(breaker.counts().faults()).isZero();
  }

  @Test
  void whatTheCallerDidIsNotCounted() {
    for (RuntimeException theirs :
        List.of(
            new CancelledException("unwanted"),
            new OverloadException("full"),
            new BreakerOpenException("another's", Duration.ZERO),
            new IllegalStateException("closed"))) {
      call(
          () -> {
            throw theirs;
          });
    }
    call(
        () -> {
          Thread.currentThread().interrupt();
          throw new InferenceException("the run was ended");
        });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(breaker.counts().counted()).isZero();
  }

  @Test
  void theStagesOwnMistakesAreFaults() {
    for (RuntimeException mistake :
        List.of(
            new NumberFormatException("x"),
            new NullPointerException(),
            new ArithmeticException(),
            new java.util.concurrent.CancellationException("its own pool"))) {
      call(
          () -> {
            throw mistake;
          });
    }
    call(
        () -> {
          throw new StackOverflowError();
        });
    assertThat(breaker.counts().faults()).isEqualTo(5);
  }

  @Test
  void aFaultOfATrialOpensItAgain() {
    open();
    pass(Duration.ofSeconds(10));
    succeed();
    fault();
    assertThat(breaker.counts().openFor()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void noMoreTrialsThanThereArePlaces() {
    open();
    pass(Duration.ofSeconds(10));
    AtomicInteger refused = new AtomicInteger();
    Runnable nested =
        () -> {
          Runnable third =
              () ->
                  assertThatThrownBy(() -> guarded.rerank(request(SearchContext.create())))
                      .isInstanceOf(BreakerOpenException.class)
                      .hasMessageContaining("its 2 trial calls are under way");
          call(
              () -> {
                third.run();
                refused.incrementAndGet();
              });
        };
    call(nested);
    assertThat(refused).hasValue(1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aCallOfAnEarlierStateIsNotCounted() {
    call(
        () -> {
          open();
          pass(Duration.ofSeconds(10));
        });
    assertThat(breaker.counts().freeTrials()).isEqualTo(2);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void theOldestCallIsForgotten() {
    for (int i = 0; i < 100; i++) {
      succeed();
    }
    for (int i = 0; i < 4; i++) {
      fault();
    }
    assertThat(breaker.counts().faults()).isEqualTo(4);
    for (int i = 0; i < 10; i++) {
      succeed();
    }
    assertThat(breaker.counts().faults()).isZero();
    assertThat(breaker.counts().counted()).isEqualTo(10);
  }

  @Test
  void whileOpenASearchGoesOnWithoutTheModel() {
    open();
    pass(Duration.ofSeconds(4));
    int before = asked.get();
    Pipeline pipeline = Pipeline.builder().retrieve(FIRST, 5).rerank(guarded, 5).build();
    SearchResult result = pipeline.search("q");
    assertThat(asked).hasValue(before);
    assertThat(result.hits()).noneMatch(Hit::scored).hasSize(1);
    StageReport report = result.stages().getLast();
    assertThat(report.failure())
        .get()
        .isInstanceOfSatisfying(
            BreakerOpenException.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(6)));
    assertThat(report.toString())
        .contains(
            "the circuit breaker of reranker 'rerank' is open, after too many faults: it tries"
                + " again in 6.000 s");
    Pipeline strict = pipeline.toBuilder().onFailure(FailurePolicy.THROW).build();
    assertThatThrownBy(() -> strict.search("q")).isInstanceOf(BreakerOpenException.class);
  }

  @Test
  void aFusionLeavesAnOpenRetrieverOut() {
    CircuitBreaker quick = breaker().window(1).leastCalls(1).build();
    Retriever broken =
        quick.around(
            Retriever.of(
                "disk",
                (query, k) -> {
                  throw new RetrievalException("gone");
                }));
    assertThatThrownBy(() -> broken.retrieve("q", 1)).isInstanceOf(RetrievalException.class);
    Fusion.Builder fusion = Fusion.builder().retriever(broken).retriever(FIRST);
    assertThatThrownBy(() -> fusion.build().retrieve("q", 1))
        .isInstanceOf(BreakerOpenException.class)
        .hasMessageStartingWith("retriever 'disk' of 'rrf' failed: the circuit breaker of");
    Retriever robust = fusion.onFailure(FailurePolicy.CONTINUE).build();
    SearchResult result = Pipeline.builder().retrieve(robust, 5).build().search("q");
    assertThat(result.hits()).hasSize(1);
    assertThat(result.stages().getFirst().parts().getFirst().failure())
        .get()
        .isInstanceOf(BreakerOpenException.class);
  }

  @Test
  void aRetrieverInterruptedAtItsDeadlineIsAFaultWhereItWasSlow() {
    Retriever hangs =
        breaker.around(
            Retriever.of(
                "hangs",
                (query, k) -> {
                  pass(Duration.ofSeconds(3));
                  Thread.currentThread().interrupt();
                  throw new CancelledException("interrupted");
                }));
    for (long seconds : List.of(2L, 4L)) { // the deadline passed on the way, or did not
      assertThatThrownBy(() -> hangs.retrieve("q", 1, limited(Duration.ofSeconds(seconds))))
          .isInstanceOf(CancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(breaker.counts().counted()).isEqualTo(1);
    }
  }

  @Test
  void whatIsGuardedKeepsItsNameAndItsCombiner() {
    Reranker model =
        new Reranker() {
          @Override
          public RerankResult rerank(RerankRequest request) {
            return RerankResult.builder(request, "mine").build();
          }

          @Override
          public ScoreCombiner combiner() {
            return ScoreCombiner.rrf();
          }
        };
    Reranker named = Reranker.of("mine", model);
    assertThat(breaker.around(named).name()).isEqualTo("mine");
    assertThat(breaker.around(named).combiner()).isNotEqualTo(ScoreCombiner.replace());
    FakeReranker closes = new FakeReranker("closes", (query, text) -> 1);
    breaker.around(closes).close();
    assertThatThrownBy(() -> closes.rerank(request(SearchContext.create())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> CircuitBreaker.builder().faultShare(Double.NaN))
        .hasMessage("faultShare is NaN; it is above 0 and at most 1, 0.5 for example");
    assertThatThrownBy(() -> CircuitBreaker.builder().window(5).build())
        .hasMessageStartingWith("leastCalls is 10 and window 5: the breaker would never open");
  }
}
