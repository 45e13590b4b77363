package dev.reranker;

/**
 * Hears what the stages of one call do. All methods do nothing unless they are overridden.
 *
 * <p>They are called on whichever thread runs the stage, the retrievers of a fusion at the same
 * time: implementations are thread-safe and quick. An exception thrown here is logged and ignored:
 * watching never ends a search.
 *
 * <p>A {@linkplain Pipeline.Builder#listener pipeline's} hears all its searches, a {@linkplain
 * SearchRequest#withListener request's} that one. Without any, a JDK flight recording has the same
 * numbers, and nothing of query, texts, ids or messages: an event {@code dev.reranker.Search} for
 * each search, {@code dev.reranker.Stage} for each stage and each retriever of a fusion, {@code
 * dev.reranker.Fallback} for each stage that a search went on without, wholly or in part. They have
 * the {@code trace}, {@code traceId} or {@code trace_id} of the log context (SLF4J's MDC), which
 * also goes along to the threads that ask a fusion's retrievers.
 */
public interface SearchListener {

  /**
   * A stage begins.
   *
   * @param stage its name
   */
  default void started(String stage) {}

  /**
   * A stage has ended, including one that was cut short or failed. A fusion's retriever that was
   * left behind at the deadline may end after the search has returned.
   *
   * @param report what it did
   */
  default void ended(StageReport report) {}
}
