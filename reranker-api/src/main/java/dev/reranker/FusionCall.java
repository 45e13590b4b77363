package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RerankException;
import dev.reranker.error.RetrievalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
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
  private final long start = System.nanoTime();

  /** Positions of retrievers whose task has ended; {@link #CANCELLED} wakes the waiting thread. */
  private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();

  private static final Integer CANCELLED = -1;

  /** What one retriever found, and what it did. */
  record Answer(List<Hit> hits, StageReport report) {}

  FusionCall(String name, List<Retriever> retrievers, FailurePolicy policy, SearchContext context) {
    this.name = name;
    this.retrievers = retrievers;
    this.policy = policy;
    this.context = context;
  }

  /** The answers in the retrievers' order; those left out found nothing. */
  List<Answer> ask(String query, int k, @Nullable Executor executor) {
    List<FutureTask<Answer>> tasks = new ArrayList<>(retrievers.size());
    for (int i = 0; i < retrievers.size(); i++) {
      tasks.add(task(i, query, k));
    }
    Runnable forget = context.onCancel(() -> ended.add(CANCELLED));
    try {
      for (int i = 0; i < tasks.size(); i++) {
        start(tasks.get(i), i, executor);
      }
      return await(tasks);
    } finally {
      forget.run();
      // Those still at work are no longer wanted; nothing happens to the others.
      tasks.forEach(task -> task.cancel(true));
    }
  }

  private FutureTask<Answer> task(int position, String query, int k) {
    Retriever retriever = retrievers.get(position);
    return new FutureTask<>(
        () -> {
          long began = System.nanoTime();
          Listeners.started(context.listener(), retriever.name());
          Found found = FirstStage.ask(retriever, query, k, context);
          StageReport report =
              StageReport.builder(retriever.name())
                  .candidates(found.hits().size())
                  .took(Duration.ofNanos(System.nanoTime() - began))
                  .parts(found.parts())
                  .build();
          return new Answer(found.hits(), report);
        }) {
      @Override
      protected void done() {
        ended.add(position);
      }
    };
  }

  private void start(FutureTask<Answer> task, int position, @Nullable Executor executor) {
    if (executor == null) {
      Thread.ofVirtual().name("reranker-" + name).start(task);
      return;
    }
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      throw new RetrievalException(
          "the executor of '%s' refuses retriever '%s' (%s): give it more threads or a longer queue, or keep it open"
              .formatted(name, retrievers.get(position).name(), e.getMessage()),
          e);
    }
  }

  private List<Answer> await(List<FutureTask<Answer>> tasks) {
    @Nullable Answer[] answers = new Answer[tasks.size()];
    List<RuntimeException> failures = new ArrayList<>();
    for (int left = tasks.size(); left > 0; left--) {
      Integer position = next();
      if (position == null) {
        leaveOutLate(answers, failures);
        break;
      }
      answers[position] = answer(tasks.get(position), retrievers.get(position), failures);
    }
    if (failures.size() == tasks.size()) {
      throw failures.getFirst();
    }
    List<Answer> all = new ArrayList<>();
    for (Answer answer : answers) {
      if (answer != null) {
        Listeners.ended(context.listener(), answer.report());
        all.add(answer);
      }
    }
    return all;
  }

  /** The next retriever to have ended; null at the deadline. */
  private @Nullable Integer next() {
    try {
      Integer position =
          context.deadline().isNever()
              ? ended.take()
              : ended.poll(context.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS);
      context.checkWanted();
      return position;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(
          "the thread was interrupted while '" + name + "' waited for its retrievers", e);
    }
  }

  private Answer answer(
      FutureTask<Answer> task, Retriever retriever, List<RuntimeException> failures) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException("the task has ended", e);
    } catch (java.util.concurrent.ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      RuntimeException failure = failure(retriever, cause);
      if (policy == FailurePolicy.THROW || !canBeLeftOut(failure)) {
        throw failure;
      }
      LOG.warn("{}; the search goes on without it", failure.getMessage(), cause);
      failures.add(failure);
      StageReport.Builder report = StageReport.builder(retriever.name()).took(since());
      boolean late = failure instanceof DeadlineException;
      return new Answer(List.of(), (late ? report.pastDeadline() : report.failed(cause)).build());
    }
  }

  private static boolean canBeLeftOut(RuntimeException failure) {
    return failure instanceof RerankException && !(failure instanceof CancelledException);
  }

  private void leaveOutLate(@Nullable Answer[] answers, List<RuntimeException> failures) {
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] == null) {
        String late = retrievers.get(i).name();
        var failure =
            new DeadlineException(
                "the deadline passed before retriever '%s' of '%s' answered: give it more time, or let the fusion go on without it"
                    .formatted(late, name));
        if (policy == FailurePolicy.THROW) {
          throw failure;
        }
        LOG.warn("{}", failure.getMessage());
        failures.add(failure);
        StageReport report = StageReport.builder(late).took(since()).pastDeadline().build();
        answers[i] = new Answer(List.of(), report);
      }
    }
  }

  private Duration since() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private RuntimeException failure(Retriever retriever, Throwable cause) {
    String message =
        "retriever '%s' of '%s' failed: %s".formatted(retriever.name(), name, reason(cause));
    if (cause instanceof Error error) {
      throw error;
    }
    return switch (cause) {
      case IllegalArgumentException wrong -> new IllegalArgumentException(message, wrong);
      case IllegalStateException closed -> new IllegalStateException(message, closed);
      case InferenceException model -> new InferenceException(message, model);
      case DeadlineException late -> new DeadlineException(message, late);
      case CancelledException unwanted -> new CancelledException(message, unwanted);
      default -> new RetrievalException(message, cause);
    };
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }
}
