package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/**
 * The deadline of a call passed before there was anything to answer with. A pipeline whose first
 * stage is done answers with what it has instead, unless it was told to throw.
 */
public final class DeadlineException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public DeadlineException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public DeadlineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
