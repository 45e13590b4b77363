package dev.reranker.onnx;

import dev.reranker.Deadline;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Steps that threads share. It stands in the pool's queue once for each thread that it can use; a
 * thread takes it out, does one step and puts it back, behind whoever came meanwhile.
 *
 * <p>All that changes is under one lock, the putting back too: while there are steps left the job
 * is not done, so whoever waits for it has not gone on to close the pool.
 */
final class Job implements Runnable {

  /** How long a run may go on behind the deadline, since it is nearly done, before it is ended. */
  private static final long OVERRUN_NANOS = 10_000_000;

  private final Steps steps;
  private final LongPredicate unwanted;
  private final Executor pool;

  private final ReentrantLock lock;
  private final Condition settled;
  private final List<StopFlag> running = new ArrayList<>();
  private final long submitted = System.nanoTime();
  private long idleSince = submitted;
  private long waited;
  private boolean begun;
  private boolean dropped;
  private boolean left;
  private @Nullable Throwable failure;

  /** A job of its own, that nobody has begun. */
  Job(Steps steps, LongPredicate unwanted, Executor pool) {
    this(steps, unwanted, pool, new ReentrantLock());
  }

  /**
   * A job that nobody has begun.
   *
   * @param unwanted asked before each step with the nanoseconds that it will take; once true, the
   *     steps that have not begun are dropped
   * @param pool where it puts itself back
   * @param lock guards it, and others whose steps can be done together with its own
   */
  Job(Steps steps, LongPredicate unwanted, Executor pool, ReentrantLock lock) {
    this.steps = steps;
    this.unwanted = unwanted;
    this.pool = pool;
    this.lock = lock;
    this.settled = lock.newCondition();
  }

  /** Puts it into the queue. */
  void submit(int threads) {
    try {
      for (int i = Math.min(steps.width(), threads); i > 0; i--) {
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
    var stop = new StopFlag();
    Steps.Step mine = take(stop);
    if (mine == null) {
      return;
    }
    Throwable thrown = null;
    boolean skipped = false;
    try {
      skipped = unwanted.test(mine.nanos());
      if (!skipped) {
        mine.run(stop);
      }
    } catch (Throwable e) { // an Error, too, belongs to the caller
      thrown = e;
    }
    done(stop, thrown, skipped);
  }

  private Steps.@Nullable Step take(StopFlag stop) {
    lock.lock();
    try {
      if (!more()) {
        return null;
      }
      begins(stop);
      return steps.take();
    } finally {
      lock.unlock();
    }
  }

  private void done(StopFlag stop, @Nullable Throwable thrown, boolean skipped) {
    lock.lock();
    try {
      dropped |= skipped;
      ends(stop, thrown);
      if (more()) {
        requeue();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Some of its work begins, on whatever thread. Call under the lock. */
  void begins(StopFlag stop) {
    if (running.isEmpty()) {
      waited += System.nanoTime() - idleSince;
    }
    begun = true;
    running.add(stop);
  }

  /** Some of its work has ended. Call under the lock. */
  void ends(StopFlag stop, @Nullable Throwable thrown) {
    running.remove(stop);
    if (running.isEmpty()) {
      idleSince = System.nanoTime();
    }
    if (thrown instanceof Stopped) {
      dropped = true;
    } else if (thrown != null) {
      fail(thrown);
    }
    if (isSettled()) {
      settled.signalAll();
    }
  }

  /** Whether work of it can be done together with another job's. Call under the lock. */
  boolean takesPart(long nanos) {
    try {
      return more() && !unwanted.test(nanos);
    } catch (RuntimeException | Error e) {
      return false; // a clock of the caller's; its own next step will tell
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
    return !dropped && !left && steps.more();
  }

  private boolean isSettled() {
    return running.isEmpty() && !more();
  }

  /** The answer is no longer wanted: drops what has not begun, and ends what runs for it alone. */
  void leave() {
    lock.lock();
    try {
      dropped |= more();
      leaveRunning();
      if (isSettled()) {
        settled.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Once only: one owner leaves a flag once. Nothing begins afterwards. */
  private void leaveRunning() {
    if (!left) {
      left = true;
      running.forEach(StopFlag::leave);
    }
  }

  /** Ends it now, with what its caller is told. */
  void abort(RuntimeException why) {
    lock.lock();
    try {
      if (!isSettled()) {
        fail(why);
        running.forEach(StopFlag::stop);
        settled.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all steps are done. What has begun is waited for; what has not is dropped at a
   * failure, at an interrupt, and when the deadline passes. What still runs soon after the deadline
   * is ended.
   *
   * @return whether all steps were done
   * @throws CancelledException if an interrupt cut it short. The thread stays interrupted; it does
   *     so too where all steps had begun and nothing was cut
   */
  boolean await(Deadline deadline) {
    boolean interrupted = false;
    boolean cut = false;
    boolean late = deadline.isNever();
    lock.lock();
    try {
      while (!isSettled()) {
        try {
          if (late) {
            settled.await();
          } else {
            long nanos = nanosLeft(deadline);
            dropped |= nanos <= 0 && more();
            if (nanos > 0) {
              settled.awaitNanos(nanos);
            } else if (!isSettled() && settled.awaitNanos(OVERRUN_NANOS) <= 0) {
              late = true;
              leaveRunning();
            }
          }
        } catch (InterruptedException e) {
          interrupted = true;
          cut |= more();
          if (cut) {
            dropped = true;
            leaveRunning();
          }
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

  /** How long none of it was at work although there was some to do, in nanoseconds. */
  long waited() {
    lock.lock();
    try {
      return begun ? waited : System.nanoTime() - submitted;
    } finally {
      lock.unlock();
    }
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

  /** A run that was ended because nobody wanted it any more. */
  static final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    Stopped(Throwable cause) {
      super("the run was ended", cause);
    }
  }
}
