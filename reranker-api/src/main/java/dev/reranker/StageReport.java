package dev.reranker;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What one stage of a search did.
 *
 * @param stage the stage's name
 * @param candidates how many candidates it handed on
 * @param took wall-clock time
 * @param rerank the reranker's own account; empty for a retriever
 */
public record StageReport(
    String stage, int candidates, Duration took, Optional<RerankStats> rerank) {

  /** Checks that nothing is null. */
  public StageReport {
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(took, "took");
    Objects.requireNonNull(rerank, "rerank");
  }
}
