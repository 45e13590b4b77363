package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/**
 * More was asked of a model than its queue takes at a time: the request was refused as a whole, and
 * nothing of it was scored. It says nothing against the model; ask again later, or ask for less.
 */
public final class OverloadException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public OverloadException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public OverloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
