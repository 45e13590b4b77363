package dev.reranker;

/** What a search does when one of its stages fails. */
public enum FailurePolicy {
  /** The search fails with the stage's exception. */
  THROW,
  /**
   * The search goes on without the stage: a reranker's candidates keep the order they came in, a
   * fusion's retriever is left out. The report of the stage tells the failure, and it is logged as
   * a warning.
   */
  CONTINUE;

  /** What a search makes of a reranker that scored only some candidates before the deadline. */
  public enum Partial {
    /**
     * The scored candidates stand first, by their scores; the others follow in the order they came.
     */
    SCORED_FIRST,
    /**
     * All candidates keep the order they came in and count as not scored, so that no answer mixes
     * two orders.
     */
    ALL_OR_NOTHING
  }
}
