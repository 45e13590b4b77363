package dev.reranker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls listeners so that a failing one harms nobody. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(SearchListener.class);

  /** Hears nothing. */
  static final SearchListener NONE = new SearchListener() {};

  private Listeners() {}

  /** Two that hear the same; that one fails the other does not notice. */
  private record Both(SearchListener first, SearchListener second) implements SearchListener {

    @Override
    public void started(String stage) {
      Listeners.started(first, stage);
      Listeners.started(second, stage);
    }

    @Override
    public void ended(StageReport report) {
      Listeners.ended(first, report);
      Listeners.ended(second, report);
    }
  }

  static SearchListener both(SearchListener first, SearchListener second) {
    return new Both(first, second);
  }

  static void started(SearchListener listener, String stage) {
    try {
      listener.started(stage);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("a listener failed at the start of stage '{}'; the search goes on", stage, e);
    }
  }

  static void ended(SearchListener listener, StageReport report) {
    try {
      listener.ended(report);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("a listener failed at the end of stage '{}'; the search goes on", report.stage(), e);
    }
  }
}
