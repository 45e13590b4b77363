package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.internal.OwnedThreads;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * The threads of one model: a fixed number, whatever the number of callers. Urgent jobs
 * (tokenizing, short) come before the others; among equals those that were begun earlier come
 * first, so that short requests finish in the order they came; a long one begins anew now and then.
 *
 * <p>A job is a number of steps; a more urgent one waits for one step of another at most, and a
 * step costs no object.
 */
final class Workers implements AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final AtomicLong requests = new AtomicLong();

  Workers(String name, int threads) {
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new PriorityBlockingQueue<>(),
            OwnedThreads.factory("reranker-" + name + "-", 1, Workers.class));
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Begins a request, or its next part, which stands behind those begun before it.
   *
   * @param context says when its work is no longer wanted
   */
  Request begin(SearchContext context) {
    return new Request(requests.incrementAndGet(), context);
  }

  static CancelledException cancelled() {
    return new CancelledException("the call was cancelled by its context");
  }

  /** One caller's request under way: its jobs, one after another. */
  final class Request {

    private final long number;
    private final SearchContext context;

    private Request(long number, SearchContext context) {
      this.number = number;
      this.context = context;
    }

    /**
     * Does steps 0 to {@code steps} - 1, several at a time, begun in this order, and waits for all.
     * When one fails, the deadline passes, or the caller is interrupted or cancels, those that have
     * not begun are dropped and those that run are waited for.
     *
     * @return whether all were done: false where the deadline passed before
     * @throws CancelledException if the context is cancelled or the thread is interrupted, which it
     *     then still is
     */
    boolean run(boolean urgent, int steps, IntConsumer step) {
      if (steps > 0 && Thread.currentThread().isInterrupted()) {
        throw Job.interrupted();
      }
      var job = new Job(number, urgent, steps, step, this::isUnwanted, pool);
      Runnable forget = context.onCancel(job::drop);
      try {
        job.submit(pool.getMaximumPoolSize());
        boolean all = job.await(context.deadline());
        if (context.cancelled()) {
          throw cancelled();
        }
        return all;
      } finally {
        forget.run();
      }
    }

    private boolean isUnwanted() {
      return context.cancelled() || context.deadline().expired();
    }
  }

  /** Call only when no request is under way. */
  @Override
  public void close() {
    pool.shutdown();
  }
}
