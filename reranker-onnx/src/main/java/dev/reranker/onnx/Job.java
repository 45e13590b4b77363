package dev.reranker.onnx;

import dev.reranker.Deadline;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A number of steps that threads share. It stands in the pool's queue once for each thread that it
 * can use; a thread takes it out, does one step and puts it back. Ordered by urgency, then by
 * request.
 *
 * <p>All that changes is under one lock, the putting back too: while there are steps left the job
 * is not done, so whoever waits for it has not gone on to close the pool.
 */
final class Job implements Runnable, Comparable<Job> {

  private final long request;
  private final boolean urgent;
  private final int steps;
  private final IntConsumer step;
  private final BooleanSupplier unwanted;
  private final Executor pool;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();
  private int next;
  private int running;
  private boolean dropped;
  private @Nullable Throwable failure;

  /**
   * A job that nobody has begun.
   *
   * @param request orders it among others
   * @param urgent goes before all that are not
   * @param unwanted asked before each step; once true, the steps that have not begun are dropped
   * @param pool where it puts itself back
   */
  Job(
      long request,
      boolean urgent,
      int steps,
      IntConsumer step,
      BooleanSupplier unwanted,
      Executor pool) {
    this.request = request;
    this.urgent = urgent;
    this.steps = steps;
    this.step = step;
    this.unwanted = unwanted;
    this.pool = pool;
  }

  /** Puts it into the queue. */
  void submit(int threads) {
    try {
      for (int i = Math.min(steps, threads); i > 0; i--) {
        pool.execute(this);
      }
    } catch (RuntimeException | Error e) { // no thread can be had; other steps may be running
      lock.lock();
      try {
        fail(e);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Does one step, on a worker; goes back into the queue while there are more. */
  @Override
  public void run() {
    int mine = take();
    if (mine == steps) {
      return;
    }
    Throwable thrown = null;
    boolean skipped = false;
    try {
      skipped = unwanted.getAsBoolean();
      if (!skipped) {
        step.accept(mine);
      }
    } catch (Throwable e) { // an Error, too, belongs to the caller
      thrown = e;
    }
    done(thrown, skipped);
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

  private void done(@Nullable Throwable thrown, boolean skipped) {
    lock.lock();
    try {
      running--;
      dropped |= skipped;
      if (thrown != null) {
        fail(thrown);
      }
      if (more()) {
        requeue();
      }
      if (isSettled()) {
        settled.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void requeue() {
    try {
      pool.execute(this);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable thrown) {
    dropped = true;
    if (failure == null) {
      failure = thrown;
    } else if (!failure.equals(thrown)) { // no error can suppress itself
      failure.addSuppressed(thrown);
    }
  }

  private boolean more() {
    return !dropped && next < steps;
  }

  private boolean isSettled() {
    return running == 0 && !more();
  }

  /** Drops the steps that have not begun; where all have, they are done to the end. */
  void drop() {
    lock.lock();
    try {
      dropped |= more();
      if (isSettled()) {
        settled.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all steps are done. What has begun is waited for in any case; what has not is
   * dropped at a failure, at an interrupt, and when the deadline passes.
   *
   * @return whether all steps were done
   * @throws CancelledException if an interrupt cut it short. The thread stays interrupted; it does
   *     so too where all steps had begun and nothing was cut
   */
  boolean await(Deadline deadline) {
    boolean interrupted = false;
    boolean cut = false;
    lock.lock();
    try {
      while (!isSettled()) {
        try {
          if (more() && !deadline.isNever()) {
            long nanos = nanosLeft(deadline);
            if (nanos > 0) {
              settled.awaitNanos(nanos);
            } else {
              dropped = true;
            }
          } else {
            settled.await();
          }
        } catch (InterruptedException e) {
          interrupted = true;
          cut |= more();
          dropped |= cut;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    rethrow();
    if (cut) {
      throw interrupted();
    }
    return !dropped;
  }

  static CancelledException interrupted() {
    return new CancelledException("the thread was interrupted while it waited for the model");
  }

  /** A clock of the caller's that fails is a failure like a step's: what runs is waited for. */
  private long nanosLeft(Deadline deadline) {
    try {
      return deadline.remaining().toNanos();
    } catch (RuntimeException | Error e) {
      fail(e);
      return 0;
    }
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown != null) {
      throw new InferenceException("a step of the model's work failed: " + thrown, thrown);
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
