package dev.reranker.resilience;

import java.time.Duration;

/** What lets calls through, as those see it that ask it. */
@FunctionalInterface
interface Gate {

  /** How a call ended. */
  enum Verdict {
    SUCCESS,
    FAULT,
    NEUTRAL
  }

  /** One call that was let through. */
  interface Call {

    /** Whether the stage has worked for longer than a slow call may, the waiting left out. */
    boolean slow(Duration waited);

    void ended(Verdict verdict);
  }

  /**
   * Lets a call through.
   *
   * @param who names the stage, for the message
   * @throws dev.reranker.error.BreakerOpenException if it must not
   */
  Call begin(String who);
}
