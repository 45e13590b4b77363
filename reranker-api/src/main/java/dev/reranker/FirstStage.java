package dev.reranker;

import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import dev.reranker.error.RetrievalException;
import dev.reranker.internal.Checks;
import java.util.List;

/**
 * How a retriever is asked, whoever asks: what comes back is in order, and failures have a kind.
 */
final class FirstStage {

  private FirstStage() {}

  /**
   * Asks a retriever.
   *
   * @param context of this retriever alone, so that it tells afterwards whom it asked in turn
   * @return in order, ranks 1, 2, 3…, no document twice
   */
  static List<Hit> ask(Retriever retriever, String query, int k, SearchContext context) {
    List<Hit> hits = retriever.retrieve(query, k, context);
    return Ranking.retrieved(retriever.name(), hits, k);
  }

  /**
   * Whether a search cannot go on without the stage that failed, by whichever policy: the caller
   * made the mistake, closed the stage, or changed its mind.
   */
  static boolean isTheCallers(Throwable failure, SearchContext context) {
    return Checks.isMistake(failure)
        || (failure instanceof CancelledException
            && (context.cancelled() || Thread.currentThread().isInterrupted()));
  }

  /**
   * A failure of a retriever as an exception of the kind that it is.
   *
   * @param who names the retriever
   */
  static RuntimeException failure(String who, Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String message = who + " failed: " + reason;
    return switch (cause) {
      case Error error -> throw error;
      case IllegalArgumentException wrong when Checks.isMistake(wrong) ->
          new IllegalArgumentException(message, wrong);
      case IllegalStateException closed when Checks.isMistake(closed) ->
          new IllegalStateException(message, closed);
      case InferenceException model -> new InferenceException(message, model);
      case DeadlineException late -> new DeadlineException(message, late);
      case OverloadException full -> new OverloadException(message, full);
      case BreakerOpenException open -> new BreakerOpenException(message, open.retryAfter(), open);
      case CancelledException unwanted -> new CancelledException(message, unwanted);
      default -> new RetrievalException(message, cause);
    };
  }
}
