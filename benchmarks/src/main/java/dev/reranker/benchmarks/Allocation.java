package dev.reranker.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/**
 * Counts the bytes that all threads allocate on the Java heap inside measured calls. JMH's own
 * figure, {@code gc.alloc.rate.norm}, is of whole iterations: about 0.4 MB of them are the
 * harness's own, which is much where an iteration has two requests. Meant for one caller at a time.
 */
final class Allocation {

  /** The mean of a call, in bytes, among {@link Facts}. */
  static final String FACT = "allocated bytes";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long bytes;
  private int calls;

  /** Forgets what was counted, which was warming up. */
  void restart() {
    bytes = 0;
    calls = 0;
  }

  <T> T count(Callable<T> call) throws Exception {
    long before = threads.getTotalThreadAllocatedBytes();
    T result = call.call();
    bytes += threads.getTotalThreadAllocatedBytes() - before;
    calls++;
    Facts.put(FACT, (double) bytes / calls);
    return result;
  }
}
