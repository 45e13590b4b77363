package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.InferenceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
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
    workers.run(workers.begin(), false, 100, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(100);
  }

  @Test
  void aTasksFailureReachesTheCaller() {
    var failure = new InferenceException("bad batch");
    assertThatThrownBy(() -> workers.run(workers.begin(), false, 1, fail(failure)))
        .isSameAs(failure);
  }

  @Test
  void afterAnErrorTheWorkersGoOn() {
    assertThatThrownBy(
            () -> workers.run(workers.begin(), false, 1, fail(new OutOfMemoryError("test"))))
        .isInstanceOf(OutOfMemoryError.class);
    workers.run(workers.begin(), false, 1, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(1);
  }

  @Test
  void anInterruptedCallerIsToldAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> workers.run(workers.begin(), false, 1, step -> {}))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void whatAnInterruptedCallerStillHadInTheQueueIsDropped() {
    Thread caller = Thread.currentThread();
    IntConsumer steps =
        step -> {
          ran.incrementAndGet();
          // Holds the only worker until the caller, its interrupt noticed, waits again.
          while (caller.isInterrupted() || caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        };
    caller.interrupt();
    assertThatThrownBy(() -> workers.run(workers.begin(), false, 100, steps))
        .isInstanceOf(InferenceException.class);
    assertThat(ran.get()).isLessThanOrEqualTo(1);
  }

  @Test
  void eachStepIsDoneOnceByAnyNumberOfThreads() {
    try (var several = new Workers("test", 4)) {
      var done = new AtomicIntegerArray(1000);
      several.run(several.begin(), false, done.length(), done::incrementAndGet);
      for (int i = 0; i < done.length(); i++) {
        assertThat(done.get(i)).isEqualTo(1);
      }
    }
  }

  @Test
  void anUrgentJobGoesBeforeTheRestOfAnother() throws Exception {
    var order = new ConcurrentLinkedQueue<String>();
    var urgent = new CompletableFuture<Void>();
    workers.run(
        workers.begin(),
        false,
        3,
        step -> {
          order.add("step " + step);
          if (step == 0) {
            Thread other =
                new Thread(
                    () -> {
                      workers.run(workers.begin(), true, 1, only -> order.add("urgent"));
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
    workers.run(workers.begin(), false, 0, step -> ran.incrementAndGet());
    assertThat(ran).hasValue(0);
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
