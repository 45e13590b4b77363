package dev.reranker.depth;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.StageReport;
import dev.reranker.StageReport.Outcome;
import dev.reranker.StageScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The steps of one request that is scored a few candidates at a time; not thread-safe. */
final class Steps {

  private final long start = System.nanoTime();
  private final RerankRequest request;
  private final RerankResult.Builder result;
  private final String stage;
  private final Map<Integer, Document> documents = new HashMap<>();
  private final List<Hit> scored = new ArrayList<>();
  private final List<StageReport> reports = new ArrayList<>();

  Steps(RerankRequest request, String stage) {
    this.request = request;
    this.stage = stage;
    this.result = RerankResult.builder(request, stage);
  }

  /**
   * Takes over the result of a step.
   *
   * @param first the position of its first candidate in the whole request
   */
  void add(int first, RerankResult step) {
    List<Hit> hits = step.hits().stream().sorted(Comparator.comparingInt(Hit::index)).toList();
    for (Hit hit : hits) {
      int index = first + hit.index();
      if (hit.scored()) {
        record(index, hit);
        documents.put(index, hit.document());
        scored.add(request.candidates().get(index).then(hit.current(), index));
      }
    }
    reports.add(step.report());
  }

  private void record(int index, Hit hit) {
    StageScore score = hit.current();
    if (score.raw().isPresent()) {
      result.score(index, score.score(), score.raw().getAsDouble());
    } else {
      result.score(index, score.score());
    }
    if (hit.truncated()) {
      result.truncated(index);
    }
  }

  /** What was scored so far, in first-stage order, at its place in the whole request. */
  List<Hit> scored() {
    return scored;
  }

  /** Whether the last step did not get to its end. */
  boolean cutShort() {
    return switch (reports.getLast().outcome()) {
      case COMPLETE, STOPPED_EARLY -> false;
      default -> true;
    };
  }

  /**
   * All steps as one result.
   *
   * @param early whether candidates were left out
   */
  RerankResult result(boolean early) {
    RerankResult all = result.build();
    List<Hit> hits =
        all.hits().stream()
            .map(
                hit ->
                    hit.scored()
                        ? hit.with(Objects.requireNonNull(documents.get(hit.index())))
                        : hit)
            .toList();
    StageReport.Builder report =
        all.report()
            .copy(stage)
            .prepared(reports.stream().mapToInt(StageReport::prepared).sum())
            .cached(reports.stream().mapToInt(StageReport::cached).sum())
            .tokens(
                reports.stream().mapToLong(StageReport::tokens).sum(),
                reports.stream().mapToLong(StageReport::paddedTokens).sum())
            .waited(reports.stream().map(StageReport::waited).reduce(Duration.ZERO, Duration::plus))
            .took(Duration.ofNanos(System.nanoTime() - start));
    StageReport last = reports.getLast();
    if (last.failure().isPresent()) {
      report.failed(last.failure().get());
    } else if (last.outcome() == Outcome.DEADLINE) {
      report.pastDeadline();
    } else if (early || last.outcome() == Outcome.STOPPED_EARLY) {
      report.stoppedEarly();
    }
    return RerankResult.of(hits, report.build());
  }
}
