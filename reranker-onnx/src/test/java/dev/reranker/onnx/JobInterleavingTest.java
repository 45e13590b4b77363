package dev.reranker.onnx;

import dev.reranker.Deadline;
import dev.reranker.error.InferenceException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The orders in which two workers, the waiting caller and whoever drops a job can meet, tried by a
 * model checker. The caller closes the pool as soon as its wait ends, as {@link Engine} does.
 */
class JobInterleavingTest {

  private static final int ORDERS = 200;
  private static final int STEPS = 2;

  /** A pool whose threads go home when there is nothing to do. */
  private static final class Pool implements Executor {

    private final Queue<Runnable> queue = new ArrayDeque<>();
    private boolean closed;
    private boolean rejected;

    @Override
    public synchronized void execute(Runnable task) {
      if (closed) {
        rejected = true;
        throw new RejectedExecutionException();
      }
      queue.add(task);
    }

    synchronized void close() {
      closed = true;
    }

    private synchronized @Nullable Runnable next() {
      return queue.poll();
    }

    Thread start() {
      var worker =
          new Thread(
              () -> {
                for (Runnable task = next(); task != null; task = next()) {
                  task.run();
                }
              });
      worker.start();
      return worker;
    }
  }

  /** What the steps of a job do, and what is known of them. */
  private static final class Watched implements IntConsumer {

    private final AtomicIntegerArray done = new AtomicIntegerArray(STEPS);
    private final AtomicInteger running = new AtomicInteger();
    private final int failing;

    Watched(int failing) {
      this.failing = failing;
    }

    @Override
    public void accept(int step) {
      running.incrementAndGet();
      done.incrementAndGet(step);
      running.decrementAndGet();
      if (step == failing) {
        throw new InferenceException("step " + step);
      }
    }

    int count() {
      int count = 0;
      for (int i = 0; i < STEPS; i++) {
        require(done.get(i) <= 1, "a step was done twice");
        count += done.get(i);
      }
      return count;
    }
  }

  @Test
  void eachStepIsDoneOnceAndNobodyComesBackToAClosedPool() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          var steps = new Watched(STEPS);
          boolean all = call(steps, false);
          require(all && steps.count() == STEPS, "all steps are done");
        });
  }

  @Test
  void whatIsDroppedIsNotBegunAfterTheWait() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          var steps = new Watched(STEPS);
          boolean all = call(steps, true);
          require(all == (steps.count() == STEPS), "whether all are done is told");
        });
  }

  @Test
  void aFailureIsToldWhoeverIsFirst() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          boolean told = false;
          try {
            call(new Watched(0), false);
          } catch (InferenceException e) {
            told = true;
          }
          require(told, "the failure is told");
        });
  }

  private static boolean call(Watched steps, boolean drop) {
    var pool = new Pool();
    var job = new Job(Steps.counted(STEPS, steps), nanos -> false, pool);
    job.submit(2);
    Thread one = pool.start();
    Thread two = pool.start();
    Thread dropper = new Thread(drop ? job::leave : () -> {});
    dropper.start();
    try {
      return job.await(Deadline.never());
    } finally {
      require(steps.running.get() == 0, "no step runs after the wait");
      int count = steps.count();
      pool.close();
      join(one);
      join(two);
      join(dropper);
      require(steps.count() == count, "nothing is done after the wait");
      require(!pool.rejected, "nobody comes back to the closed pool");
    }
  }

  /** Not AssertJ, whose objects the model checker cannot compare. */
  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
