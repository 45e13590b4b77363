package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/**
 * The caller no longer wants the answer: the call was cancelled through its context, or the calling
 * thread was interrupted, whose interrupt flag is then kept.
 */
public final class CancelledException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public CancelledException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public CancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
