package dev.reranker.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/** The orders in which calls and closings can meet at a gate, tried by a model checker. */
class CallGateInterleavingTest {

  private static final int ORDERS = 200;

  @Test
  void noCallIsInsideWhileOrAfterWhatItUsesIsReleased() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          var gate = new CallGate("'it'");
          var releases = new AtomicInteger();
          var broken = new AtomicBoolean();
          Runnable call =
              () -> {
                try {
                  gate.run(
                      () -> {
                        gate.run(() -> {});
                        broken.compareAndSet(false, releases.get() != 0);
                      });
                } catch (IllegalStateException closed) {
                  require(String.valueOf(closed.getMessage()).contains("closed"), "another error");
                }
              };
          run(call, () -> gate.close(releases::incrementAndGet), call);
          require(!broken.get(), "a call was inside after the release");
          require(releases.get() == 1, "released once");
        });
  }

  @Test
  void everyClosingReturnsAfterTheOneRelease() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          var gate = new CallGate("'it'");
          var releases = new AtomicInteger();
          var early = new AtomicBoolean();
          Runnable close =
              () -> {
                gate.close(releases::incrementAndGet);
                early.compareAndSet(false, releases.get() != 1);
              };
          run(
              close,
              close,
              () -> {
                try {
                  gate.run(() -> {});
                } catch (IllegalStateException closed) {
                  require(String.valueOf(closed.getMessage()).contains("closed"), "another error");
                }
              });
          require(!early.get(), "a closing returned before the release");
          require(releases.get() == 1, "released once");
        });
  }

  /** Not AssertJ, whose objects the model checker cannot compare. */
  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** In loops, since the model checker does not see what the JDK's streams start. */
  private static void run(Runnable... bodies) {
    Thread[] threads = new Thread[bodies.length];
    for (int i = 0; i < bodies.length; i++) {
      threads[i] = new Thread(bodies[i]);
      threads[i].start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
