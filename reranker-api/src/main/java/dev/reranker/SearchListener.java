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
   * A stage has ended, also one that was cut short or left out after a failure.
   *
   * @param report what it did
   */
  default void ended(StageReport report) {}
}
