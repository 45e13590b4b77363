package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.internal.OwnedThreads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one model: a fixed number, whatever the number of callers. Urgent jobs
 * (tokenizing, short) come before the others. Among equals each has a step in turn, so a long
 * request delays a short one by a step for each thread, and is itself never left out.
 */
final class Workers implements AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final AtomicLong turns = new AtomicLong();
  private final AtomicInteger busy = new AtomicInteger();
  private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Supplier<RuntimeException> stopped;

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

  /** A job's turn: its place in the queue. */
  private final class Turn implements Runnable, Comparable<Turn> {

    private final boolean urgent;
    private final long number = turns.incrementAndGet();
    private final Runnable job;

    Turn(boolean urgent, Runnable job) {
      this.urgent = urgent;
      this.job = job;
    }

    @Override
    public void run() {
      busy.incrementAndGet();
      try {
        job.run();
      } finally {
        busy.decrementAndGet();
      }
    }

    @Override
    public int compareTo(Turn other) {
      if (urgent != other.urgent) {
        return urgent ? -1 : 1;
      }
      return Long.compare(number, other.number);
    }
  }

  /** Begins a request. */
  Request begin(SearchContext context) {
    return new Request(context);
  }

  /** How many requests have a job that waits or is under way. */
  int jobs() {
    return jobs.size();
  }

  /** Whether no thread has nothing to do. */
  boolean allBusy() {
    return busy.get() >= pool.getMaximumPoolSize();
  }

  static CancelledException cancelled() {
    return new CancelledException("the call was cancelled by its context");
  }

  /** One caller's request under way: its jobs, one after another. */
  final class Request {

    private final SearchContext context;
    private long waited;

    private Request(SearchContext context) {
      this.context = context;
    }

    /** {@link #run(Job)} with numbered steps. */
    boolean run(boolean urgent, int steps, IntConsumer step) {
      return run(job(urgent, Steps.counted(steps, step), new ReentrantLock()));
    }

    /** A job of this request, to be run. */
    Job job(boolean urgent, Steps steps, ReentrantLock lock) {
      return new Job(steps, this::isUnwanted, job -> pool.execute(new Turn(urgent, job)), lock);
    }

    /**
     * Does a job's steps, several at a time, begun in their order, and waits for all. When one
     * fails, the deadline passes, or the caller is interrupted or cancels, those that have not
     * begun are dropped and those that run are waited for, or ended.
     *
     * @return whether all were done: false where the deadline passed before
     * @throws CancelledException if the context is cancelled or the thread is interrupted, which it
     *     then still is
     */
    boolean run(Job job) {
      if (Thread.currentThread().isInterrupted()) {
        throw Job.interrupted();
      }
      jobs.add(job);
      Supplier<RuntimeException> closed = stopped;
      if (closed != null) {
        job.abort(closed.get());
      }
      Runnable forget = context.onCancel(job::leave);
      try {
        job.submit(pool.getMaximumPoolSize());
        boolean all = job.await(context.deadline());
        if (context.cancelled()) {
          throw cancelled();
        }
        return all;
      } finally {
        forget.run();
        jobs.remove(job);
        waited += job.waited();
      }
    }

    /** How long none of its jobs was at work although there was some to do, in nanoseconds. */
    long waited() {
      return waited;
    }

    /** A step that would end behind the deadline is not begun. */
    private boolean isUnwanted(long nanos) {
      if (context.cancelled()) {
        return true;
      }
      if (context.deadline().isNever()) {
        return false;
      }
      long left = context.deadline().remaining().toNanos();
      return left == 0 || left < nanos;
    }
  }

  /** Ends what is under way, now; its callers are told why. */
  void stop(Supplier<RuntimeException> why) {
    stopped = why;
    jobs.forEach(job -> job.abort(why.get()));
  }

  /** Call only when no request is under way. */
  @Override
  public void close() {
    pool.shutdown();
  }
}
