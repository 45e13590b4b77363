package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.InferenceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
    workers.run(workers.begin(), false, Collections.nCopies(100, ran::incrementAndGet));
    assertThat(ran).hasValue(100);
  }

  @Test
  void aTasksFailureReachesTheCaller() {
    var failure = new InferenceException("bad batch");
    assertThatThrownBy(() -> workers.run(workers.begin(), false, List.of(fail(failure))))
        .isSameAs(failure);
  }

  @Test
  void afterAnErrorTheWorkersGoOn() {
    assertThatThrownBy(
            () -> workers.run(workers.begin(), false, List.of(fail(new OutOfMemoryError("test")))))
        .isInstanceOf(OutOfMemoryError.class);
    workers.run(workers.begin(), false, List.of(ran::incrementAndGet));
    assertThat(ran).hasValue(1);
  }

  @Test
  void anInterruptedCallerIsToldAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> workers.run(workers.begin(), false, List.of(() -> {})))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void whatAnInterruptedCallerStillHadInTheQueueIsDropped() {
    Thread caller = Thread.currentThread();
    var tasks = new ArrayList<Runnable>();
    // Holds the only worker until the caller, its interrupt noticed, waits again.
    tasks.add(
        () -> {
          while (caller.isInterrupted() || caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        });
    tasks.addAll(Collections.nCopies(100, ran::incrementAndGet));
    caller.interrupt();
    assertThatThrownBy(() -> workers.run(workers.begin(), false, tasks))
        .isInstanceOf(InferenceException.class);
    assertThat(ran).hasValue(0);
  }

  private static Runnable fail(Throwable failure) {
    return () -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    };
  }
}
