package dev.reranker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A deadlock here is a failure, not a build that hangs. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class CallGateTest {

  private final CallGate gate = new CallGate("'it'");
  private final AtomicInteger releases = new AtomicInteger();

  @Test
  void givesWhatTheCallGives() {
    assertThat(gate.<String>call(() -> "yes")).isEqualTo("yes");
  }

  @Test
  void aCallAfterwardsIsRefused() {
    gate.close(releases::incrementAndGet);
    assertThatThrownBy(() -> gate.run(() -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("'it' is closed: build a new one");
  }

  @Test
  void releasesOnce() {
    gate.close(releases::incrementAndGet);
    gate.close(releases::incrementAndGet);
    assertThat(releases).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void newCallsAreRefusedWhileClosingWaits(boolean virtual) throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var caller = start(virtual, () -> gate.call(() -> stay(inside, leave)));
    inside.await();
    var closer = start(virtual, () -> close());
    awaitRefusal();
    assertThat(releases).hasValue(0);
    leave.countDown();
    assertThat(caller.get()).isEqualTo("stayed");
    closer.get();
    assertThat(releases).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCallInsideACallIsPartOfItWhileClosingWaits(boolean virtual) throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var caller =
        start(
            virtual,
            () ->
                gate.<String>call(
                    () -> {
                      stay(inside, leave);
                      return gate.<String>call(() -> "nested");
                    }));
    inside.await();
    var closer = start(virtual, () -> close());
    awaitRefusal();
    leave.countDown();
    assertThat(caller.get()).isEqualTo("nested");
    closer.get();
  }

  @Test
  void aSecondClosingReturnsAfterTheFirst() throws Exception {
    var releasing = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var first =
        start(
            false,
            () -> {
              gate.close(
                  () -> {
                    stay(releasing, go);
                    releases.incrementAndGet();
                  });
              return true;
            });
    releasing.await();
    var second =
        start(
            false,
            () -> {
              gate.close(() -> {});
              return releases.get();
            });
    go.countDown();
    assertThat(second.get()).isEqualTo(1);
    first.get();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingFromWithinACallIsRefused(boolean virtual) throws Exception {
    var refused =
        start(
            virtual,
            () ->
                gate.call(
                    () ->
                        gate.call(
                            () -> {
                              assertThatThrownBy(() -> gate.close(releases::incrementAndGet))
                                  .isInstanceOf(IllegalStateException.class)
                                  .hasMessageContaining("from within a call of 'it'");
                              return true;
                            })));
    assertThat(refused.get()).isTrue();
    assertThat(gate.<String>call(() -> "still open")).isEqualTo("still open");
    gate.close(releases::incrementAndGet);
    assertThat(releases).hasValue(1);
  }

  @Test
  void closingAfterANestedCallButInsideTheOuterIsRefused() {
    gate.run(
        () -> {
          gate.run(() -> {});
          assertThatThrownBy(() -> gate.close(releases::incrementAndGet))
              .isInstanceOf(IllegalStateException.class);
        });
    assertThat(releases).hasValue(0);
  }

  @Test
  void oneGateMayBeClosedFromWithinACallOfAnother() {
    var other = new CallGate("'other'");
    other.run(() -> gate.close(releases::incrementAndGet));
    assertThat(releases).hasValue(1);
  }

  @Test
  void aReleaseThatFailsIsNotRunAgain() {
    assertThatThrownBy(
            () ->
                gate.close(
                    () -> {
                      releases.incrementAndGet();
                      throw new IllegalArgumentException("cannot");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot");
    gate.close(releases::incrementAndGet);
    assertThat(releases).hasValue(1);
    assertThatThrownBy(() -> gate.run(() -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClosingInsideTheReleaseReturns() {
    gate.close(() -> gate.close(releases::incrementAndGet));
    assertThat(releases).hasValue(0);
    assertThatThrownBy(() -> gate.run(() -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCallThatFailsHasLeft() {
    assertThatThrownBy(
            () ->
                gate.run(
                    () -> {
                      throw new IllegalArgumentException("cannot");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    gate.close(releases::incrementAndGet);
    assertThat(releases).hasValue(1);
  }

  @Test
  void anInterruptedClosingWaitsAllTheSame() throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var caller = start(false, () -> gate.call(() -> stay(inside, leave)));
    inside.await();
    var closer =
        start(
            false,
            () -> {
              Thread.currentThread().interrupt();
              close();
              return Thread.interrupted();
            });
    awaitRefusal();
    assertThat(releases).hasValue(0);
    leave.countDown();
    caller.get();
    assertThat(closer.get()).as("still interrupted").isTrue();
    assertThat(releases).hasValue(1);
  }

  @Test
  void manyClosingsAtOnceReleaseOnceAndAllReturnAfterIt() throws Exception {
    for (int round = 0; round < 200; round++) {
      var fresh = new CallGate("'it'");
      var count = new AtomicInteger();
      var closers = new ArrayList<FutureTask<Integer>>();
      for (int i = 0; i < 4; i++) {
        closers.add(
            start(
                i % 2 == 0,
                () -> {
                  fresh.close(count::incrementAndGet);
                  return count.get();
                }));
      }
      for (var closer : closers) {
        assertThat(closer.get()).isEqualTo(1);
      }
    }
  }

  private boolean close() {
    gate.close(releases::incrementAndGet);
    return true;
  }

  /** Returns once closing has begun: calls are refused, not kept waiting. */
  private void awaitRefusal() {
    while (true) {
      try {
        gate.run(() -> {});
      } catch (IllegalStateException refused) {
        return;
      }
      Thread.onSpinWait();
    }
  }

  private static String stay(CountDownLatch inside, CountDownLatch leave) {
    inside.countDown();
    try {
      leave.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return "stayed";
  }

  private static <T> FutureTask<T> start(boolean virtual, Callable<T> call) {
    var task = new FutureTask<>(call);
    Thread.Builder thread = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    thread.start(task);
    return task;
  }
}
