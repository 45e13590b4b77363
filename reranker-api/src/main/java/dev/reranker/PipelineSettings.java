package dev.reranker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a {@link Pipeline} was built with. */
record PipelineSettings(
    Retriever retriever,
    int depth,
    List<RerankStage> stages,
    double minScore,
    int topN,
    Optional<Duration> deadline,
    FailurePolicy policy,
    FailurePolicy.Partial partial,
    int window,
    int mostCandidates,
    SearchListener listener,
    LongSupplier clock) {

  PipelineSettings {
    stages = List.copyOf(stages);
  }
}
