package dev.reranker;

import java.time.Duration;
import java.util.Objects;

/**
 * What a rerank call did.
 *
 * @param scored how many candidates the model scored
 * @param skipped how many it did not
 * @param truncated how many passages were cut to the model's length
 * @param tokens tokens of all scored pairs, special tokens included, padding not
 * @param paddedTokens tokens the model had to compute, padding included
 * @param took wall-clock time of the call
 */
public record RerankStats(
    int scored, int skipped, int truncated, long tokens, long paddedTokens, Duration took) {

  /** Checks that {@code took} is there. */
  public RerankStats {
    Objects.requireNonNull(took, "took");
  }

  /**
   * The share of the computed tokens that was padding.
   *
   * @return from 0 (none) to below 1; 0 where nothing was computed
   */
  public double paddingRatio() {
    return paddedTokens == 0 ? 0 : 1 - (double) tokens / paddedTokens;
  }
}
