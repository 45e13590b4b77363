package dev.reranker.resilience;

import dev.reranker.Deadline;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import dev.reranker.internal.LogContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Leaves a stage behind that does not answer in time: one that hangs, or that does not look at its
 * deadline.
 *
 * {@snippet :
 * TimeLimit limit = TimeLimit.on(executor).atMost(Duration.ofSeconds(2));
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(index.bm25(), 100)
 *     .rerank(limit.around(reranker), 10)
 *     .build();
 * }
 *
 * <p>A call runs on a thread of the executor; its caller waits until the search's deadline, or the
 * {@linkplain #atMost limit} of its own where that is earlier, and for a {@linkplain #withGrace
 * grace} in which a stage that has stopped at the deadline hands over what it has. Then the caller
 * gets a {@link DeadlineException}, to which a pipeline answers by its failure policy; the stage's
 * context is cancelled and its thread interrupted. Where there is neither a deadline nor a limit
 * the stage runs on the caller's thread.
 *
 * <p><b>The executor</b> stays the caller's. A stage that does not even end by an interrupt keeps
 * its thread, so give it an end to its threads and to its queue: what it refuses is an {@link
 * OverloadException}. The log context (SLF4J's MDC) goes along. Immutable; safe for any thread.
 *
 * <p>Inside a {@link CircuitBreaker}, what is left behind counts as it does without a limit: as a
 * fault where it had worked for longer than {@link CircuitBreaker.Builder#slowCall}.
 */
public final class TimeLimit {

  private static final Duration GRACE = Duration.ofMillis(30);

  private final Executor executor;
  private final Duration grace;
  private final Optional<Duration> most;

  private TimeLimit(Executor executor, Duration grace, Optional<Duration> most) {
    this.executor = executor;
    this.grace = grace;
    this.most = most;
  }

  /**
   * A limit by the deadlines of searches, with a grace of 30 ms.
   *
   * @param executor runs the stages; a thread for each call at the same time
   * @return the limit
   */
  public static TimeLimit on(Executor executor) {
    return new TimeLimit(Objects.requireNonNull(executor, "executor"), GRACE, Optional.empty());
  }

  /**
   * This limit with another grace.
   *
   * @param grace how long after the deadline an answer is still taken, not negative
   * @return the changed copy
   * @throws IllegalArgumentException if it is negative
   */
  public TimeLimit withGrace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace is " + grace + "; it is at least 0");
    }
    return new TimeLimit(executor, grace, most);
  }

  /**
   * This limit with a time for each call, whatever the search's deadline. The stage sees it as its
   * deadline.
   *
   * @param time how long a call may take, above 0
   * @return the changed copy
   * @throws IllegalArgumentException if it is not above 0
   */
  public TimeLimit atMost(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("the limit is " + time + "; it is above 0");
    }
    return new TimeLimit(executor, grace, Optional.of(time));
  }

  /**
   * A reranker under this limit.
   *
   * @param reranker what to limit; closed with the result
   * @return the limited reranker, under the same name and with the same {@linkplain
   *     Reranker#combiner() combiner}
   */
  public Reranker around(Reranker reranker) {
    return new AskedReranker(this::ask, Objects.requireNonNull(reranker, "reranker"));
  }

  /**
   * A retriever under this limit.
   *
   * @param retriever what to limit; stays the caller's to close
   * @return the limited retriever, under the same name
   */
  public Retriever around(Retriever retriever) {
    return new AskedRetriever(this::ask, Objects.requireNonNull(retriever, "retriever"));
  }

  /** Asks a stage. */
  private <T> T ask(String stage, SearchContext context, Function<SearchContext, T> call) {
    SearchContext limited =
        most.map(time -> context.withDeadline(Deadline.after(time))).orElse(context);
    if (limited.deadline().isNever()) {
      return call.apply(context);
    }
    SearchContext own = limited.withOwnCancellation();
    var task = new FutureTask<T>(LogContext.ofThisThread().around(() -> call.apply(own)));
    Runnable forget =
        context.onCancel(
            () -> {
              own.cancel();
              task.cancel(true);
            });
    boolean answered = false;
    try {
      executor.execute(task);
      T answer = await(stage, task, limited);
      answered = true;
      return answer;
    } catch (RejectedExecutionException e) {
      throw new OverloadException(
          "%s cannot begin, because the executor of its time limit refuses it (%s): give it more threads or a longer queue, or keep it open"
              .formatted(stage, e.getMessage()),
          e);
    } finally {
      forget.run();
      if (!answered) {
        own.cancel();
        task.cancel(true);
      }
    }
  }

  private <T> T await(String stage, FutureTask<T> task, SearchContext limited) {
    try {
      while (!limited.deadline().expired() && !task.isDone()) {
        // The deadline's clock has the last word: it may not run as the wait's does.
        await(task, limited.deadline().remaining());
      }
      return task.get(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineException(
          "%s did not answer by its deadline and was left behind: give it more time or less to do, or look why it hangs"
              .formatted(stage),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the thread was interrupted while it waited for " + stage, e);
    } catch (CancellationException e) {
      throw new CancelledException("the call of " + stage + " was cancelled by its context", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new InferenceException(stage + " failed: " + e.getCause(), e);
      }
    }
  }

  private static void await(FutureTask<?> task, Duration time)
      throws InterruptedException, ExecutionException {
    try {
      task.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // the caller looks at the clock
    }
  }
}
