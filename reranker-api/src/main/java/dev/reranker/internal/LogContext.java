package dev.reranker.internal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The log context (SLF4J's {@link MDC}) of a thread that asked for work, for the threads that do
 * it: their log lines then tell whose search they belong to.
 */
public final class LogContext {

  /** Under which names tracing libraries keep the number that all lines of one request share. */
  private static final List<String> TRACE_KEYS = List.of("trace", "traceId", "trace_id");

  private final @Nullable Map<String, String> entries;

  private LogContext(@Nullable Map<String, String> entries) {
    this.entries = entries;
  }

  /**
   * The calling thread's context of this moment.
   *
   * @return a copy, which may be empty
   */
  public static LogContext ofThisThread() {
    return new LogContext(MDC.getCopyOfContextMap());
  }

  /**
   * The calling thread's trace: the first there is of the entries {@code trace}, {@code traceId}
   * and {@code trace_id}.
   *
   * @return null where there is none
   */
  public static @Nullable String trace() {
    return TRACE_KEYS.stream().map(MDC::get).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /**
   * Work that has this context while it runs, and leaves its thread the context that it found.
   *
   * @param work runs on any thread
   * @param <T> its result
   * @return the same work
   */
  public <T extends @Nullable Object> Callable<T> around(Callable<T> work) {
    return () -> {
      LogContext found = ofThisThread();
      enter();
      try {
        return work.call();
      } finally {
        found.enter();
      }
    };
  }

  private void enter() {
    if (entries == null || entries.isEmpty()) {
      MDC.clear();
    } else {
      MDC.setContextMap(entries);
    }
  }
}
