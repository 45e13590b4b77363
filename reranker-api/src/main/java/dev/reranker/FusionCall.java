package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.RetrievalException;
import dev.reranker.internal.LogContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a fusion: asks all retrievers at the same time and waits for their answers, the first
 * failure, the deadline or the caller's change of mind, whichever comes first.
 */
final class FusionCall {

  private static final Logger LOG = LoggerFactory.getLogger(FusionCall.class);

  private final String name;
  private final List<Retriever> retrievers;
  private final FailurePolicy policy;
  private final SearchContext context;
  private final LogContext caller = LogContext.ofThisThread();
  private final long start = System.nanoTime();

  /** Tasks that have ended, in that order; one of no position wakes the waiting thread. */
  private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();

  private record Ended(int position) {}

  /** What one retriever found, and what it did. */
  record Answer(List<Hit> hits, StageReport report) {}

  FusionCall(String name, List<Retriever> retrievers, FailurePolicy policy, SearchContext context) {
    this.name = name;
    this.retrievers = retrievers;
    this.policy = policy;
    this.context = context;
  }

  /** The answers in the retrievers' order; those left out found nothing. */
  List<Answer> ask(String query, int k, Executor executor) {
    List<Task> tasks = new ArrayList<>(retrievers.size());
    for (int i = 0; i < retrievers.size(); i++) {
      tasks.add(new Task(i, retrievers.get(i), query, k));
    }
    Runnable forget = context.onCancel(() -> ended.add(new Ended(-1)));
    try {
      for (Task task : tasks) {
        task.start(executor);
      }
      return await(tasks);
    } finally {
      forget.run();
      // Those still at work are no longer wanted; nothing happens to the others.
      tasks.forEach(task -> task.cancel(true));
    }
  }

  /** One retriever at work. */
  private final class Task extends FutureTask<Answer> {

    private final int position;
    private final Retriever retriever;

    Task(int position, Retriever retriever, String query, int k) {
      super(caller.around(() -> answer(retriever, query, k, context.watched())));
      this.position = position;
      this.retriever = retriever;
    }

    void start(Executor executor) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        setException(
            new RetrievalException(
                "the executor refuses it (%s): give it more threads or a longer queue, or keep it open"
                    .formatted(e.getMessage()),
                e));
      }
    }

    @Override
    protected void done() {
      ended.add(new Ended(position));
    }

    String who() {
      return "retriever '%s' of '%s'".formatted(retriever.name(), name);
    }
  }

  /** Runs on the executor. */
  private static Answer answer(Retriever retriever, String query, int k, SearchContext context)
      throws Exception {
    long start = System.nanoTime();
    var report = StageReport.builder(retriever.name());
    var event = StageEvent.begun();
    Listeners.started(context.listener(), retriever.name());
    try {
      List<Hit> hits = FirstStage.ask(retriever, query, k, context);
      report.candidates(hits.size());
      return new Answer(hits, report.parts(context.parts()).took(since(start)).build());
    } catch (Throwable e) {
      report.failed(e);
      throw e;
    } finally {
      StageReport done = report.parts(context.parts()).took(since(start)).build();
      event.ended(StageEvent.Kind.PART, done);
      Listeners.ended(context.listener(), done);
    }
  }

  private List<Answer> await(List<Task> tasks) {
    @Nullable Answer[] answers = new Answer[tasks.size()];
    List<RuntimeException> failures = new ArrayList<>();
    for (int left = tasks.size(); left > 0; left--) {
      Ended next = next();
      if (next == null) {
        leaveOutLate(tasks, answers, failures);
        break;
      }
      answers[next.position()] = answer(tasks.get(next.position()), failures);
    }
    if (failures.size() == tasks.size()) {
      RuntimeException first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
    List<Answer> all = new ArrayList<>(answers.length);
    for (Answer answer : answers) {
      if (answer != null) {
        all.add(answer);
      }
    }
    return all;
  }

  /** The next task to have ended; null at the deadline. */
  private @Nullable Ended next() {
    Deadline deadline = context.deadline();
    try {
      Ended next =
          deadline.isNever()
              ? ended.take()
              : ended.poll(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      context.checkCancelled();
      // The deadline's clock has the last word: it may not run as the wait's does.
      return next != null || deadline.expired() ? next : next();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(
          "the thread was interrupted while '" + name + "' waited for its retrievers", e);
    }
  }

  private Answer answer(Task task, List<RuntimeException> failures) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException("the task has ended", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      RuntimeException failure = FirstStage.failure(task.who(), cause);
      if (policy == FailurePolicy.THROW || FirstStage.isTheCallers(cause, context)) {
        throw failure;
      }
      return leftOut(task, failure, failures);
    }
  }

  private void leaveOutLate(
      List<Task> tasks, @Nullable Answer[] answers, List<RuntimeException> failures) {
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] == null) {
        var failure =
            new DeadlineException(
                "the deadline passed before %s answered: give it more time, or let the fusion go on without it"
                    .formatted(tasks.get(i).who()));
        if (policy == FailurePolicy.THROW) {
          throw failure;
        }
        answers[i] = leftOut(tasks.get(i), failure, failures);
      }
    }
  }

  private Answer leftOut(Task task, RuntimeException failure, List<RuntimeException> failures) {
    LOG.warn("{}; the search goes on without it", failure.getMessage(), failure.getCause());
    failures.add(failure);
    StageReport report =
        StageReport.builder(task.retriever.name()).took(since(start)).failed(failure).build();
    FallbackEvent.after(report);
    return new Answer(List.of(), report);
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
