package dev.reranker;

import dev.reranker.internal.LogContext;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** One search in a flight recording; its stages lie inside it on the same thread. */
@Name("dev.reranker.Search")
@Label("Search")
@Description("One search of a pipeline, with all its stages")
@Category("Reranker")
@StackTrace(false)
final class SearchEvent extends Event {

  @Label("Hits")
  int hits;

  @Label("Complete")
  @Description("Whether every stage did all that it was asked")
  boolean complete;

  @Label("Failure")
  @Description("The class of the exception that the search ended by")
  @Nullable String failure;

  @Label("Trace")
  @Description("The log context's trace, traceId or trace_id")
  @Nullable String trace;

  private SearchEvent() {}

  /** An event whose time begins now. */
  static SearchEvent begun() {
    var event = new SearchEvent();
    event.begin();
    return event;
  }

  void ended(SearchResult result) {
    end();
    if (shouldCommit()) {
      hits = result.hits().size();
      complete = result.complete();
      trace = LogContext.trace();
      commit();
    }
  }

  void failed(Throwable cause) {
    end();
    if (shouldCommit()) {
      failure = cause.getClass().getName();
      trace = LogContext.trace();
      commit();
    }
  }
}
