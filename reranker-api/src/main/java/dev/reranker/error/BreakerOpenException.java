package dev.reranker.error;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker refused the call, since what is behind it failed too often of late: nothing was
 * asked of it. It is no failure of this call's own.
 */
public final class BreakerOpenException extends RerankException {

  private static final long serialVersionUID = 1;

  /** How long until a call is let through again. */
  private final Duration retryAfter;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   * @param retryAfter how long until the breaker lets a call through again; zero: as soon as a
   *     trial call that is under way has ended
   */
  public BreakerOpenException(String message, Duration retryAfter) {
    this(message, retryAfter, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param retryAfter how long until the breaker lets a call through again
   * @param cause what went wrong beneath
   */
  public BreakerOpenException(String message, Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  /**
   * How long it was, when the call was refused, until the breaker would let one through again.
   *
   * @return not negative; zero: as soon as a trial call that was under way has ended
   */
  public Duration retryAfter() {
    return retryAfter;
  }
}
