package dev.reranker.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.SearchContext;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class RetryTest {

  private static final Duration PAUSE = Duration.ofMillis(30);

  /** Milliseconds, of a clock that wraps around soon. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofMillis(50).toNanos());

  private final long start = now.get();
  private final List<Long> attempts = new ArrayList<>();

  private final Retry retry =
      Retry.attempts(5)
          .withPause(PAUSE)
          .withSleeper((time, context) -> now.addAndGet(time.toNanos()));

  private String fails(RuntimeException failure) {
    attempts.add(Duration.ofNanos(now.get() - start).toMillis());
    throw failure;
  }

  @Test
  void noPauseBeginsThatWouldEndAfterTheDeadline() {
    SearchContext context =
        SearchContext.create().withDeadline(Deadline.after(Duration.ofMillis(100), now::get));
    assertThatThrownBy(() -> retry.ask("it", context, c -> fails(new InferenceException("down"))))
        .isInstanceOf(InferenceException.class);
    assertThat(attempts).containsExactly(0L, 30L, 60L, 90L);
  }

  @Test
  void withoutADeadlineThereAreAllAttempts() {
    var count = new AtomicLong();
    assertThatThrownBy(
            () ->
                retry.ask(
                    "it",
                    SearchContext.create(),
                    c -> fails(new InferenceException("down " + count.incrementAndGet()))))
        .hasMessage("down 5")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("down 4"));
    assertThat(attempts).containsExactly(0L, 30L, 60L, 90L, 120L);
  }

  @Test
  void theFirstAnswerIsTheAnswer() {
    var count = new AtomicLong();
    String answer =
        retry.ask(
            "it",
            SearchContext.create(),
            c -> count.incrementAndGet() < 3 ? fails(new InferenceException("down")) : "up");
    assertThat(answer).isEqualTo("up");
    assertThat(attempts).hasSize(2);
  }

  static List<RuntimeException> lasting() {
    return List.of(
        new IllegalArgumentException("blank"),
        new IllegalStateException("closed"),
        new OverloadException("full"),
        new BreakerOpenException("open", Duration.ofSeconds(1)),
        new DeadlineException("late"),
        new CancelledException("unwanted"));
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatWillNotPassIsNotTriedAgain(RuntimeException failure) {
    assertThatThrownBy(() -> retry.ask("it", SearchContext.create(), c -> fails(failure)))
        .isSameAs(failure);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aPauseEndsWhenTheSearchIsCancelled() throws InterruptedException {
    SearchContext context = SearchContext.create();
    Thread caller = Thread.currentThread();
    var canceller =
        new Thread(
            () -> {
              while (caller.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
              context.cancel();
            });
    canceller.start();
    Retry hours = Retry.attempts(2).withPause(Duration.ofHours(9));
    assertThatThrownBy(() -> hours.ask("it", context, c -> fails(new InferenceException("down"))))
        .isInstanceOf(CancelledException.class);
    canceller.join();
    assertThat(attempts).hasSize(1);
  }

  @Test
  void anInterruptedThreadIsNotMadeToWait() {
    Thread.currentThread().interrupt();
    try {
      Retry hours = Retry.attempts(2).withPause(Duration.ofHours(9));
      assertThatThrownBy(
              () ->
                  hours.ask(
                      "it", SearchContext.create(), c -> fails(new InferenceException("down"))))
          .isInstanceOf(InferenceException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(attempts).hasSize(1);
  }
}
