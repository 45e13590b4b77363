package dev.reranker.lucene;

import dev.reranker.internal.OwnedThreads;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.util.IORunnable;

/**
 * Threads that nobody else can interrupt.
 *
 * <p>An interrupt during channel I/O closes the channel. Lucene holds its write lock through one
 * and asks that channel for its size before each new file, so an interrupted caller would give the
 * lock away in silence, and would end the writer in the middle of a file. So whatever opens or
 * writes files runs here; the caller waits and keeps its interrupt flag.
 */
final class OwnThreads implements AutoCloseable {

  private final ExecutorService threads =
      Executors.newCachedThreadPool(OwnedThreads.factory("reranker-lucene-", 0, OwnThreads.class));

  /** Runs the work, waiting for its end whatever happens to the calling thread meanwhile. */
  <T> T call(Callable<T> work) throws IOException {
    Future<T> future = threads.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null, default -> throw new IOException(e.getCause());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs the work as {@link #call} does. */
  void run(IORunnable work) throws IOException {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
