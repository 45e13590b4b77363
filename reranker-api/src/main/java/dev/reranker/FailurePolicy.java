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
  CONTINUE
}
