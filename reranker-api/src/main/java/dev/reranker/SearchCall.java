package dev.reranker;

import dev.reranker.StageEvent.Kind;
import dev.reranker.StageReport.Outcome;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RerankException;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One search under way: its context, and what its stages have done so far. */
final class SearchCall {

  private static final Logger LOG = LoggerFactory.getLogger(SearchCall.class);

  private final PipelineSettings settings;
  private final SearchRequest request;
  private final SearchContext context;
  private final List<StageReport> reports = new ArrayList<>();

  SearchCall(PipelineSettings settings, SearchRequest request) {
    this.settings = settings;
    this.request = request;
    SearchContext limited = request.context();
    if (!settings.listener().equals(Listeners.NONE)) {
      limited = limited.withListener(Listeners.both(settings.listener(), limited.listener()));
    }
    for (var limit : List.of(settings.deadline(), request.deadline())) {
      if (limit.isPresent()) {
        limited = limited.withDeadline(Deadline.after(limit.get(), settings.clock()));
      }
    }
    this.context = limited;
  }

  SearchResult run() {
    var event = SearchEvent.begun();
    try {
      SearchResult result = search();
      event.ended(result);
      return result;
    } catch (Throwable e) {
      event.failed(e);
      throw e;
    }
  }

  private SearchResult search() {
    List<Hit> hits = retrieve();
    List<RerankStage> stages = settings.stages();
    for (int i = 0; i < stages.size(); i++) {
      boolean last = i == stages.size() - 1;
      hits =
          last
              ? rerank(stages.get(i), hits, ordered(stages.get(i).keep()), settings.minScore())
              : rerank(stages.get(i), hits, stages.get(i).keep(), Double.NEGATIVE_INFINITY);
    }
    context.checkCancelled();
    SearchResult result = SearchResult.of(request.query(), hits, reports);
    if (request.offset().isEmpty()) {
      return result;
    }
    int kept = stages.isEmpty() ? Integer.MAX_VALUE : stages.getLast().keep();
    return result.page(request.offset().getAsInt(), wanted(kept));
  }

  /** How many must be put in order: for a page all, so that it agrees with the others. */
  private int ordered(int kept) {
    return request.offset().isPresent() ? Integer.MAX_VALUE : wanted(kept);
  }

  /** How many documents this search returns, where the last stage would keep so many. */
  private int wanted(int kept) {
    return request.topN().orElse(Math.min(kept, settings.topN()));
  }

  private List<Hit> retrieve() {
    long start = now();
    Retriever retriever = settings.retriever();
    SearchContext watched = context.watched();
    context.check();
    var event = StageEvent.begun();
    Listeners.started(context.listener(), retriever.name());
    var report = StageReport.builder(retriever.name());
    int depth = request.depth().orElse(settings.depth());
    List<Hit> hits;
    try {
      hits = FirstStage.ask(retriever, request.query(), depth, watched);
      report.candidates(hits.size());
    } catch (Exception e) { // a lambda may throw checked ones, too
      report.failed(e);
      throw known(e, FirstStage.failure("retriever '" + retriever.name() + "'", e));
    } catch (Error e) {
      report.failed(e);
      throw e;
    } finally {
      done(event, Kind.RETRIEVE, report.took(since(start)).parts(watched.parts()).build());
    }
    if (!settings.stages().isEmpty()) {
      return hits;
    }
    List<Hit> good = hits.stream().filter(hit -> hit.score() >= settings.minScore()).toList();
    return Ranking.first(ordered(Integer.MAX_VALUE), good);
  }

  /** The exception itself where callers know its kind, otherwise another in its place. */
  private static RuntimeException known(Exception e, RuntimeException other) {
    return switch (e) {
      case RerankException ours -> ours;
      case IllegalArgumentException wrong when Checks.isMistake(wrong) -> wrong;
      case IllegalStateException closed when Checks.isMistake(closed) -> closed;
      default -> other;
    };
  }

  private List<Hit> rerank(RerankStage stage, List<Hit> hits, int most, double minScore) {
    long start = now();
    String name = stage.reranker().name();
    var limits =
        new StageLimits(
            most, minScore, settings.window(), settings.mostCandidates(), settings.partial());
    boolean mustThrow = settings.policy() == FailurePolicy.THROW;
    context.checkCancelled();
    var event = StageEvent.begun();
    Listeners.started(context.listener(), name);
    try {
      if (context.deadline().expired()) {
        throw late(name, "began");
      }
      var asked = RerankRequest.of(request.query(), hits).withContext(context);
      RerankResult result = stage.apply(asked, limits);
      if (mustThrow && result.report().outcome() == Outcome.DEADLINE) {
        throw late(name, "was done");
      }
      StageReport report =
          result.report().copy(name).candidates(result.hits().size()).took(since(start)).build();
      done(event, Kind.RERANK, report);
      FallbackEvent.after(report);
      return result.hits();
    } catch (Exception e) { // a lambda may throw checked ones, too
      List<Hit> unscored = stage.passOn(hits, limits);
      StageReport report = failed(name, start, hits, e).candidates(unscored.size()).build();
      done(event, Kind.RERANK, report);
      if (mustThrow || FirstStage.isTheCallers(e, context)) {
        throw known(e, new InferenceException("reranker '%s' failed: %s".formatted(name, e), e));
      }
      // A breaker's refusal has no trace that tells more, and comes with each call while it is
      // open.
      boolean refused = e instanceof BreakerOpenException;
      LOG.warn(
          "reranker '{}' left the order as it was: {}", name, e.getMessage(), refused ? null : e);
      FallbackEvent.after(report);
      return unscored;
    } catch (Error e) {
      done(event, Kind.RERANK, failed(name, start, hits, e).build());
      throw e;
    }
  }

  private StageReport.Builder failed(String name, long start, List<Hit> hits, Throwable cause) {
    return StageReport.builder(name).scored(0, hits.size()).took(since(start)).failed(cause);
  }

  private static DeadlineException late(String reranker, String before) {
    return new DeadlineException(
        "the deadline passed before reranker '%s' %s: give the search more time, or fewer candidates"
            .formatted(reranker, before));
  }

  private void done(StageEvent event, Kind kind, StageReport report) {
    reports.add(report);
    event.ended(kind, report);
    Listeners.ended(context.listener(), report);
  }

  private long now() {
    return settings.clock().getAsLong();
  }

  private Duration since(long start) {
    return Duration.ofNanos(now() - start);
  }
}
