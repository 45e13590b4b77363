package dev.reranker;

import dev.reranker.internal.LogContext;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** In a flight recording: a search goes on without what one of its stages should have done. */
@Name("dev.reranker.Fallback")
@Label("Search Fallback")
@Description("A search goes on without what a stage should have done: part of it, or all")
@Category("Reranker")
@StackTrace(false)
final class FallbackEvent extends Event {

  @Label("Stage")
  String stage = "";

  @Label("Reason")
  @Description("The class of the stage's exception; where it gave a part, its outcome")
  String reason = "";

  @Label("Unscored")
  @Description("How many candidates keep the order they had")
  int unscored;

  @Label("Trace")
  @Description("The log context's trace, traceId or trace_id")
  @Nullable String trace;

  private FallbackEvent() {}

  /**
   * Tells of a stage that has ended, where it did not do all.
   *
   * @param report what the search goes on with
   */
  static void after(StageReport report) {
    switch (report.outcome()) {
      case COMPLETE, STOPPED_EARLY -> {}
      default -> commit(report);
    }
  }

  private static void commit(StageReport report) {
    var event = new FallbackEvent();
    if (!event.shouldCommit()) {
      return;
    }
    event.stage = report.stage();
    event.reason =
        report
            .failure()
            .map(cause -> cause.getClass().getName())
            .orElseGet(() -> report.outcome().name());
    event.unscored = report.skipped();
    event.trace = LogContext.trace();
    event.commit();
  }
}
