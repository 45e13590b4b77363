package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/** A model cannot be loaded: a file is missing, damaged, or not what it should be. */
public final class ModelLoadException extends RerankException {

  private static final long serialVersionUID = 1;

  /**
   * With a message that says what was found, what was expected and the way out.
   *
   * @param message the message
   */
  public ModelLoadException(String message) {
    super(message, null);
  }

  /**
   * With a cause.
   *
   * @param message what was found, what was expected and the way out
   * @param cause what went wrong beneath
   */
  public ModelLoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
