package dev.reranker;

/**
 * Hears what the stages of one call do. All methods do nothing unless they are overridden.
 *
 * <p>They are called on whichever thread runs the stage, the retrievers of a fusion at the same
 * time: implementations are thread-safe and quick. An exception thrown here is logged and ignored:
 * watching never ends a search.
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
