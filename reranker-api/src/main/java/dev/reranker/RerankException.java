package dev.reranker;

import org.jspecify.annotations.Nullable;

/**
 * What goes wrong at run time in any stage. Wrong arguments are {@link IllegalArgumentException}.
 */
public abstract sealed class RerankException extends RuntimeException
    permits ModelLoadException, InferenceException, RetrievalException {

  private static final long serialVersionUID = 1;

  RerankException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
