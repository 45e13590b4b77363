package dev.reranker;

import dev.reranker.internal.LogContext;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * One stage of one search in a flight recording: numbers and names alone, nothing of query,
 * passages, ids or messages.
 */
@Name("dev.reranker.Stage")
@Label("Search Stage")
@Description("What one stage of one search did: its StageReport")
@Category("Reranker")
@StackTrace(false)
final class StageEvent extends Event {

  /** The part that the stage plays in the search. */
  enum Kind {
    /** The first stage. */
    RETRIEVE,
    /** One retriever of a fusion. */
    PART,
    RERANK
  }

  @Label("Stage")
  String stage = "";

  @Label("Kind")
  String kind = "";

  @Label("Outcome")
  String outcome = "";

  @Label("Failure")
  @Description("The class of the exception that ended the stage")
  @Nullable String failure;

  @Label("Candidates")
  @Description("How many it handed on")
  int candidates;

  @Label("Scored")
  int scored;

  @Label("Skipped")
  @Description("How many it was given and did not score")
  int skipped;

  @Label("Truncated")
  @Description("How many passages were cut to the model's length")
  int truncated;

  @Label("Prepared")
  @Description("How many were scored without reading their texts")
  int prepared;

  @Label("Cached")
  @Description("How many scores came from a cache of scores")
  int cached;

  @Label("Tokens")
  long tokens;

  @Label("Padded Tokens")
  @Description("What the model computed: tokens and padding")
  long paddedTokens;

  @Label("Waited")
  @Description("How long the stage waited before its model began")
  @Timespan(Timespan.NANOSECONDS)
  long waited;

  @Label("Ran")
  @Description("How long it took without the waiting, by the pipeline's clock")
  @Timespan(Timespan.NANOSECONDS)
  long ran;

  @Label("Trace")
  @Description("The log context's trace, traceId or trace_id")
  @Nullable String trace;

  private StageEvent() {}

  /** An event whose time begins now. */
  static StageEvent begun() {
    var event = new StageEvent();
    event.begin();
    return event;
  }

  /** Its time ends now; goes into the recording, where there is one that wants it. */
  void ended(Kind kind, StageReport report) {
    end();
    if (!shouldCommit()) {
      return;
    }
    this.kind = kind.name();
    stage = report.stage();
    outcome = report.outcome().name();
    failure = report.failure().map(cause -> cause.getClass().getName()).orElse(null);
    candidates = report.candidates();
    scored = report.scored();
    skipped = report.skipped();
    truncated = report.truncated();
    prepared = report.prepared();
    cached = report.cached();
    tokens = report.tokens();
    paddedTokens = report.paddedTokens();
    waited = report.waited().toNanos();
    ran = report.took().minus(report.waited()).toNanos();
    trace = LogContext.trace();
    commit();
  }
}
