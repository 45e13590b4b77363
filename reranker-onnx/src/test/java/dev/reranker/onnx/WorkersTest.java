package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private final Workers workers = new Workers("test", 1);
  private final AtomicInteger ran = new AtomicInteger();

  @AfterEach
  void close() {
    Thread.interrupted();
    workers.close();
  }

  @Test
  void allTasksHaveRunWhenTheCallReturns() {
    run(false, 100, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(100);
  }

  @Test
  void aTasksFailureReachesTheCaller() {
    var failure = new InferenceException("bad batch");
    assertThatThrownBy(() -> run(false, 1, fail(failure))).isSameAs(failure);
  }

  @Test
  void afterAnErrorTheWorkersGoOn() {
    assertThatThrownBy(() -> run(false, 1, fail(new OutOfMemoryError("test"))))
        .isInstanceOf(OutOfMemoryError.class);
    run(false, 1, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(1);
  }

  @Test
  void anInterruptedCallerIsToldAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> run(false, 1, step -> {}))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void whatAnInterruptedCallerStillHadInTheQueueIsDropped() {
    Thread caller = Thread.currentThread();
    IntConsumer steps =
        step -> {
          ran.incrementAndGet();
          awaitWaiting(caller);
          caller.interrupt();
          // Holds the only worker until the caller, its interrupt noticed, waits again.
          while (caller.isInterrupted() || caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        };
    assertThatThrownBy(() -> run(false, 100, steps)).isInstanceOf(CancelledException.class);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(ran).hasValue(1);
  }

  @Test
  void anInterruptThatNothingIsCutByLeavesTheAnswerWhole() {
    Thread caller = Thread.currentThread();
    boolean all =
        run(
            false,
            1,
            step -> {
              awaitWaiting(caller);
              caller.interrupt();
              while (caller.isInterrupted() || caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
              }
              ran.incrementAndGet();
            });
    assertThat(all).isTrue();
    assertThat(ran).hasValue(1);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void aFailureDropsTheStepsThatHaveNotBegun() {
    IntConsumer steps =
        step -> {
          ran.incrementAndGet();
          throw new InferenceException("step " + step);
        };
    assertThatThrownBy(() -> run(false, 100, steps))
        .isInstanceOf(InferenceException.class)
        .hasMessage("step 0");
    assertThat(ran).hasValue(1);
  }

  @Test
  void aCheckedExceptionComesOutWrapped() {
    var checked = new java.io.IOException("sneaky");
    assertThatThrownBy(() -> run(false, 3, step -> throwAnything(checked)))
        .isInstanceOf(InferenceException.class)
        .hasCause(checked);
  }

  @Test
  void twoFailuresAtOnceAreBothTold() {
    try (var two = new Workers("test", 2)) {
      var barrier = new CyclicBarrier(2);
      assertThatThrownBy(
              () ->
                  two.begin(SearchContext.create())
                      .run(
                          false,
                          2,
                          step -> {
                            await(barrier);
                            throw new InferenceException("step " + step);
                          }))
          .isInstanceOf(InferenceException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }
  }

  @Test
  void pastTheDeadlineStepsAreDropped() {
    var hour = new AtomicInteger();
    var context =
        SearchContext.create()
            .withDeadline(
                Deadline.after(Duration.ofHours(3), () -> Duration.ofHours(hour.get()).toNanos()));
    boolean all =
        workers
            .begin(context)
            .run(
                false,
                100,
                step -> {
                  ran.incrementAndGet();
                  hour.incrementAndGet();
                });
    assertThat(all).isFalse();
    assertThat(ran).hasValue(3);
  }

  @Test
  void whatIsCancelledIsDropped() {
    SearchContext context = SearchContext.create();
    IntConsumer steps =
        step -> {
          if (ran.incrementAndGet() == 3) {
            context.cancel();
          }
        };
    assertThatThrownBy(() -> workers.begin(context).run(false, 100, steps))
        .isInstanceOf(CancelledException.class);
    assertThat(ran).hasValue(3);
  }

  @Test
  void aCallThatWaitsBehindAnotherCanBeCancelled() throws Exception {
    var leave = new CompletableFuture<Void>();
    var busy = new CompletableFuture<Void>();
    Thread other =
        new Thread(
            () ->
                run(
                    false,
                    1,
                    step -> {
                      busy.complete(null);
                      leave.join();
                    }));
    other.start();
    busy.join();
    SearchContext context = SearchContext.create();
    Thread caller = Thread.currentThread();
    var canceller =
        new Thread(
            () -> {
              awaitWaiting(caller);
              context.cancel();
            });
    canceller.start();
    assertThatThrownBy(() -> workers.begin(context).run(false, 1, step -> ran.incrementAndGet()))
        .isInstanceOf(CancelledException.class);
    assertThat(ran).hasValue(0);
    leave.complete(null);
    other.join();
    canceller.join();
  }

  @Test
  void aClockThatFailsFailsTheCall() {
    var broken = new AtomicBoolean();
    LongSupplier clock =
        () -> {
          if (broken.get()) {
            throw new IllegalStateException("no clock");
          }
          return 0;
        };
    var context = SearchContext.create().withDeadline(Deadline.after(Duration.ofHours(1), clock));
    broken.set(true);
    assertThatThrownBy(() -> workers.begin(context).run(false, 100, step -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no clock");
    run(false, 1, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(1);
  }

  /** A worker that puts a job back while another ends it must find the pool open. */
  @Test
  void closingRightAfterACallHurtsNoWorker() throws Exception {
    var uncaught = new ConcurrentLinkedQueue<Throwable>();
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
    try {
      for (int round = 0; round < 2000; round++) {
        try (var several = new Workers("test", 3)) {
          several.begin(SearchContext.create()).run(false, 6, step -> {});
        }
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void eachStepIsDoneOnceByAnyNumberOfThreads() {
    try (var several = new Workers("test", 4)) {
      var done = new AtomicIntegerArray(1000);
      several.begin(SearchContext.create()).run(false, done.length(), done::incrementAndGet);
      for (int i = 0; i < done.length(); i++) {
        assertThat(done.get(i)).isEqualTo(1);
      }
    }
  }

  @Test
  void anUrgentJobGoesBeforeTheRestOfAnother() throws Exception {
    var order = new ConcurrentLinkedQueue<String>();
    var urgent = new CompletableFuture<Void>();
    run(
        false,
        3,
        step -> {
          order.add("step " + step);
          if (step == 0) {
            Thread other =
                new Thread(
                    () -> {
                      run(true, 1, only -> order.add("urgent"));
                      urgent.complete(null);
                    });
            other.start();
            // It waits for its step once that stands in the queue.
            while (other.getState() != Thread.State.WAITING) {
              Thread.onSpinWait();
            }
          }
        });
    urgent.get(1, TimeUnit.MINUTES);
    assertThat(order).containsExactly("step 0", "urgent", "step 1", "step 2");
  }

  @Test
  void noStepsAreDoneAtOnce() {
    run(false, 0, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(0);
  }

  private boolean run(boolean urgent, int steps, IntConsumer step) {
    return workers.begin(SearchContext.create()).run(urgent, steps, step);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void throwAnything(Throwable e) throws E {
    throw (E) e;
  }

  private static IntConsumer fail(Throwable failure) {
    return step -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    };
  }
}
