package dev.reranker.error;

import org.jspecify.annotations.Nullable;

/**
 * What goes wrong at run time in any stage. Wrong arguments are {@link IllegalArgumentException}.
 *
 * <p>Three kinds are failures: {@link ModelLoadException}, {@link InferenceException} and {@link
 * RetrievalException}. The others are not: {@link DeadlineException} says that the time was up,
 * {@link CancelledException} that the caller no longer wants the answer, {@link OverloadException}
 * that too much was asked at a time, {@link BreakerOpenException} that a stage which failed too
 * often is left alone for a while; none speaks against a model or an index, so do not count them as
 * failures of one. More kinds may come: have a default where you tell them apart.
 */
public abstract class RerankException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RerankException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
