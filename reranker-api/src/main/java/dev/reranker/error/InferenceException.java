package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/** A model failed while it ran, or gave something that is not a score. */
public final class InferenceException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public InferenceException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public InferenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
