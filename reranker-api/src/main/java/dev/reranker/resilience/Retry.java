package dev.reranker.resilience;

import dev.reranker.Deadline;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.OverloadException;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks a stage again that has failed: for models and indexes behind a network, whose failures pass.
 *
 * {@snippet :
 * Retry retry = Retry.attempts(3).withPause(Duration.ofMillis(30));
 * Retriever retriever = retry.around(index.bm25());
 * }
 *
 * <p>Not asked again: after an {@link IllegalArgumentException} or {@link IllegalStateException}
 * itself, which is the caller's doing; after an overload, a breaker's refusal, a passed deadline, a
 * cancellation or an interrupt. No pause begins that would end at the search's deadline or after
 * it; the last failure is thrown then, with the earlier ones suppressed. A pause ends at once when
 * the search is cancelled or its thread interrupted. Immutable; safe for any thread.
 */
public final class Retry {

  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Waits, or does what a test wants. */
  interface Sleeper {
    /** Returns after the time, or as soon as the context is cancelled. */
    void sleep(Duration time, SearchContext context) throws InterruptedException;
  }

  private final int attempts;
  private final Duration pause;
  private final Sleeper sleeper;

  private Retry(int attempts, Duration pause, Sleeper sleeper) {
    this.attempts = attempts;
    this.pause = pause;
    this.sleeper = sleeper;
  }

  /**
   * So many attempts, with 50 ms between two.
   *
   * @param most how often a stage is asked at most for one call, at least 1
   * @return the policy
   * @throws IllegalArgumentException if it is below 1
   */
  public static Retry attempts(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("attempts is " + most + "; it is at least 1");
    }
    return new Retry(most, PAUSE, Retry::sleep);
  }

  /**
   * This policy with another pause.
   *
   * @param pause the time between two attempts, not negative
   * @return the changed copy
   * @throws IllegalArgumentException if it is negative
   */
  public Retry withPause(Duration pause) {
    if (pause.isNegative()) {
      throw new IllegalArgumentException("pause is " + pause + "; it is at least 0");
    }
    return new Retry(attempts, pause, sleeper);
  }

  /** For tests. */
  Retry withSleeper(Sleeper sleeper) {
    return new Retry(attempts, pause, sleeper);
  }

  /**
   * A reranker that is asked again.
   *
   * @param reranker what to ask; closed with the result
   * @return the reranker, under the same name and with the same {@linkplain Reranker#combiner()
   *     combiner}
   */
  public Reranker around(Reranker reranker) {
    return new AskedReranker(this::ask, Objects.requireNonNull(reranker, "reranker"));
  }

  /**
   * A retriever that is asked again.
   *
   * @param retriever what to ask; stays the caller's to close
   * @return the retriever, under the same name
   */
  public Retriever around(Retriever retriever) {
    return new AskedRetriever(this::ask, Objects.requireNonNull(retriever, "retriever"));
  }

  /** Asks a stage until it answers. */
  <T> T ask(String stage, SearchContext context, Function<SearchContext, T> call) {
    RuntimeException last = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return call.apply(context);
      } catch (RuntimeException e) {
        if (last != null && !last.equals(e)) {
          e.addSuppressed(last);
        }
        last = e;
        if (attempt == attempts || !passes(e) || !pauses(context)) {
          throw e;
        }
      }
    }
  }

  /** Whether it may go otherwise the next time. */
  private static boolean passes(RuntimeException failure) {
    return !Checks.isMistake(failure)
        && !(failure instanceof OverloadException)
        && !(failure instanceof BreakerOpenException)
        && !(failure instanceof DeadlineException)
        && !(failure instanceof CancelledException);
  }

  /** Waits; returns whether there is an attempt after it. */
  private boolean pauses(SearchContext context) {
    Deadline deadline = context.deadline();
    if (context.cancelled() || Thread.currentThread().isInterrupted()) {
      return false;
    }
    if (!deadline.isNever() && deadline.remaining().compareTo(pause) <= 0) {
      return false;
    }
    try {
      sleeper.sleep(pause, context);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the thread was interrupted between two attempts", e);
    }
    context.checkCancelled();
    return true;
  }

  private static void sleep(Duration time, SearchContext context) throws InterruptedException {
    var cancelled = new CountDownLatch(1);
    Runnable forget = context.onCancel(cancelled::countDown);
    try {
      // Whether it was cancelled is looked at afterwards.
      boolean ignored = cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      forget.run();
    }
  }
}
