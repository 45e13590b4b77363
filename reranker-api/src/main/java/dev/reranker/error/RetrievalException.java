package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/** A first stage could not search, or an index could not be read or written. */
public final class RetrievalException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public RetrievalException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public RetrievalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
