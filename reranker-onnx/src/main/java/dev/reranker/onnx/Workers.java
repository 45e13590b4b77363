package dev.reranker.onnx;

import dev.reranker.InferenceException;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one model: a fixed number, whatever the number of callers. Urgent jobs
 * (tokenizing, short) come before the others; among equals those of the earlier request come first,
 * so that requests finish in the order they came.
 *
 * <p>A job is a number of steps. It stands in the queue once for each thread that it can use; a
 * thread takes it out, does one step and puts it back, so that a more urgent job waits for one step
 * at most, and a step costs no object.
 */
final class Workers implements AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final AtomicLong requests = new AtomicLong();

  Workers(String name, int threads) {
    var count = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new PriorityBlockingQueue<>(),
            task -> {
              var thread = new Thread(task, "reranker-" + name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Marks the beginning of a request; its number orders its jobs among those of others. */
  long begin() {
    return requests.incrementAndGet();
  }

  /**
   * Does steps 0 to {@code steps} - 1, several at a time, begun in this order, and waits for all.
   * When one fails, or the waiting thread is interrupted, those that have not begun are dropped and
   * those that run are waited for.
   *
   * @throws InferenceException if the thread is interrupted, which it then still is
   */
  void run(long request, boolean urgent, int steps, IntConsumer step) {
    var job = new Job(request, urgent, steps, step);
    for (int i = Math.min(steps, pool.getMaximumPoolSize()); i > 0; i--) {
      pool.execute(job);
    }
    job.await();
  }

  /** Call only when no request is under way. */
  @Override
  public void close() {
    pool.shutdown();
  }

  private final class Job implements Runnable, Comparable<Job> {

    private final long request;
    private final boolean urgent;
    private final int steps;
    private final IntConsumer step;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition finished = lock.newCondition();
    private int next;
    private int running;
    private boolean dropped;
    private @Nullable Throwable failure;

    Job(long request, boolean urgent, int steps, IntConsumer step) {
      this.request = request;
      this.urgent = urgent;
      this.steps = steps;
      this.step = step;
    }

    /** Does one step, on a worker; goes back into the queue while there are more. */
    @Override
    public void run() {
      int mine = take();
      if (mine == steps) {
        return;
      }
      Throwable thrown = null;
      try {
        step.accept(mine);
      } catch (Throwable e) { // an Error, too, belongs to the caller
        thrown = e;
      }
      if (done(thrown)) {
        pool.execute(this);
      }
    }

    /** The next step, or the number of steps where none is left. */
    private int take() {
      lock.lock();
      try {
        if (!more()) {
          return steps;
        }
        running++;
        return next++;
      } finally {
        lock.unlock();
      }
    }

    private boolean done(@Nullable Throwable thrown) {
      lock.lock();
      try {
        running--;
        if (thrown != null) {
          dropped = true;
          failure = failure == null ? thrown : failure;
        }
        if (running == 0 && !more()) {
          finished.signalAll();
        }
        return more();
      } finally {
        lock.unlock();
      }
    }

    private boolean more() {
      return !dropped && next < steps;
    }

    void await() {
      boolean interrupted = Thread.interrupted();
      lock.lock();
      try {
        dropped |= interrupted;
        while (running > 0 || more()) {
          try {
            finished.await();
          } catch (InterruptedException e) {
            interrupted = true;
            dropped = true;
          }
        }
      } finally {
        lock.unlock();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
        throw new InferenceException("the thread was interrupted while it waited for the model");
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    }

    @Override
    public int compareTo(Job other) {
      if (urgent != other.urgent) {
        return urgent ? -1 : 1;
      }
      return Long.compare(request, other.request);
    }
  }
}
