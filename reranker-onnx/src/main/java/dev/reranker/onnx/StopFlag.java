package dev.reranker.onnx;

import org.jspecify.annotations.Nullable;

/**
 * Ends one run of a model that is under way: once all that wait for it have left, or at once. One
 * is made for each run, since a flag that was set once would stop every later one.
 */
final class StopFlag {

  private int owners = 1;
  private boolean stopped;
  private @Nullable Runnable action;

  /** One more waits for the run. */
  synchronized void join() {
    owners++;
  }

  /** One that waited for the run does no longer; the last one ends it. */
  synchronized void leave() {
    owners--;
    if (owners == 0) {
      stop();
    }
  }

  /** Ends the run, or keeps it from beginning. */
  synchronized void stop() {
    stopped = true;
    if (action != null) {
      action.run();
    }
  }

  /** Whether the run was to end. */
  synchronized boolean stopped() {
    return stopped;
  }

  /**
   * The run begins.
   *
   * @param action ends it; quick, and not run any more once {@link #over()} has returned
   */
  synchronized void begins(Runnable action) {
    this.action = action;
    if (stopped) {
      action.run();
    }
  }

  /** The run is over: nothing is left to end. */
  synchronized void over() {
    action = null;
  }
}
