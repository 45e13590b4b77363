package dev.reranker.resilience;

import dev.reranker.RerankResult;
import dev.reranker.SearchContext;
import dev.reranker.StageReport;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.OverloadException;
import dev.reranker.internal.Checks;
import dev.reranker.resilience.Gate.Call;
import dev.reranker.resilience.Gate.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether what a call came to speaks for its stage, against it, or not at all. */
final class Verdicts {

  private Verdicts() {}

  /** Of an answer; null stands for the result of a reranker that broke its contract. */
  static Verdict of(Call call, @Nullable RerankResult result, SearchContext context) {
    if (result == null) {
      return Verdict.FAULT;
    }
    StageReport report = result.report();
    return switch (report.outcome()) {
      case DEADLINE -> late(call, report.waited(), context);
      case CANCELLED -> Verdict.NEUTRAL;
      case FAILED -> report.failure().map(e -> of(call, e, context)).orElse(Verdict.FAULT);
      default -> Verdict.SUCCESS;
    };
  }

  /** Of a failure. */
  static Verdict of(Call call, Throwable failure, SearchContext context) {
    if (context.cancelled()) {
      return Verdict.NEUTRAL;
    }
    // Who waits for a retriever interrupts it at the deadline.
    boolean interrupted = Thread.currentThread().isInterrupted();
    if (failure instanceof DeadlineException || (interrupted && context.deadline().expired())) {
      return late(call, Duration.ZERO, context);
    }
    return interrupted || isNeutral(failure) ? Verdict.NEUTRAL : Verdict.FAULT;
  }

  private static Verdict late(Call call, Duration waited, SearchContext context) {
    return !context.cancelled() && call.slow(waited) ? Verdict.FAULT : Verdict.NEUTRAL;
  }

  private static boolean isNeutral(Throwable failure) {
    return failure instanceof CancelledException
        || failure instanceof OverloadException
        || failure instanceof BreakerOpenException
        || Checks.isMistake(failure);
  }
}
