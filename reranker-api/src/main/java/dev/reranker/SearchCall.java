package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
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
    for (var limit : List.of(settings.deadline(), request.deadline())) {
      if (limit.isPresent()) {
        limited = limited.withDeadline(Deadline.after(limit.get(), settings.clock()));
      }
    }
    this.context = limited;
  }

  SearchResult run() {
    List<Hit> hits = retrieve();
    List<RerankStage> stages = settings.stages();
    for (int i = 0; i < stages.size(); i++) {
      boolean last = i == stages.size() - 1;
      hits =
          last
              ? rerank(stages.get(i), hits, wanted(stages.get(i).keep()), settings.minScore())
              : rerank(stages.get(i), hits, stages.get(i).keep(), Double.NEGATIVE_INFINITY);
    }
    return new SearchResult(request.query(), hits, reports);
  }

  /** How many documents this search returns, where the last stage would keep so many. */
  private int wanted(int kept) {
    return request.topN().orElse(Math.min(kept, settings.topN()));
  }

  private List<Hit> retrieve() {
    long start = now();
    Retriever retriever = settings.retriever();
    context.check();
    Listeners.started(context.listener(), retriever.name());
    int depth = request.depth().orElse(settings.depth());
    Found found;
    try {
      found = FirstStage.ask(retriever, request.query(), depth, context);
    } catch (RuntimeException e) {
      Listeners.ended(
          context.listener(),
          StageReport.builder(retriever.name()).took(since(start)).failed(e).build());
      throw e;
    }
    done(
        StageReport.builder(retriever.name())
            .candidates(found.hits().size())
            .took(since(start))
            .parts(found.parts())
            .build());
    if (!settings.stages().isEmpty()) {
      return found.hits();
    }
    List<Hit> good =
        found.hits().stream().filter(hit -> hit.score() >= settings.minScore()).toList();
    return Ranking.first(wanted(Integer.MAX_VALUE), good);
  }

  private List<Hit> rerank(RerankStage stage, List<Hit> hits, int most, double minScore) {
    long start = now();
    String name = stage.reranker().name();
    context.checkWanted();
    Listeners.started(context.listener(), name);
    try {
      if (context.deadline().expired()) {
        throw new DeadlineException(
            "the deadline passed before reranker '" + name + "' began: give the search more time");
      }
      var asked = RerankRequest.of(request.query(), hits).withContext(context);
      RerankResult result = stage.apply(asked, most, minScore);
      done(result.report().with(result.hits().size(), since(start)));
      return result.hits();
    } catch (RuntimeException e) {
      List<Hit> unscored = stage.passOn(hits, most);
      StageReport.Builder report =
          StageReport.builder(name)
              .candidates(unscored.size())
              .scored(0, hits.size())
              .took(since(start));
      boolean late = e instanceof DeadlineException;
      done((late ? report.pastDeadline() : report.failed(e)).build());
      if (settings.policy() == FailurePolicy.THROW || isTheCallers(e)) {
        throw e;
      }
      LOG.warn("reranker '{}' left the order as it was: {}", name, e.getMessage(), late ? null : e);
      return unscored;
    }
  }

  /** Whether the caller made the mistake, or changed its mind: no policy hides that. */
  private static boolean isTheCallers(RuntimeException e) {
    return e instanceof IllegalArgumentException
        || e instanceof IllegalStateException
        || e instanceof CancelledException;
  }

  private void done(StageReport report) {
    reports.add(report);
    Listeners.ended(context.listener(), report);
  }

  private long now() {
    return settings.clock().getAsLong();
  }

  private Duration since(long start) {
    return Duration.ofNanos(now() - start);
  }
}
