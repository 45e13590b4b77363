package dev.reranker.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in until it is closed. Closing refuses new calls at once, waits for those inside, and
 * then releases what they used, once.
 *
 * <p>One integer holds both facts: its sign bit says that closing has begun, the other bits count
 * the calls inside. A call comes in by compare-and-set, so it either counts before closing begins,
 * and is waited for, or is refused. A call made inside a call, on the same thread, is part of it:
 * it is not counted, and not refused while the gate closes.
 *
 * <p>For threads of all kinds; nothing is held by a lock.
 */
public final class CallGate {

  private static final int CLOSING = Integer.MIN_VALUE;

  /** No wait is longer: 146 years. */
  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final String what;
  private final AtomicInteger state = new AtomicInteger();
  private final CountDownLatch left = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private enum Place {
    CALL,
    RELEASE
  }

  /** Where this thread is: null outside. Whoever sets it removes it, so no thread keeps a gate. */
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Place> place = new ThreadLocal<>();

  /**
   * A gate, open.
   *
   * @param what what it guards, as messages name it, for example {@code "'late-l6'"}
   */
  public CallGate(String what) {
    this.what = what;
  }

  /**
   * Runs a call, on this thread.
   *
   * @param <T> what it gives
   * @param call the call; what it throws comes out as it is
   * @return what it gave
   * @throws IllegalStateException if closing has begun
   */
  public <T extends @Nullable Object> T call(Supplier<T> call) {
    if (place.get() == Place.CALL) {
      return call.get();
    }
    enter();
    try {
      place.set(Place.CALL);
      return call.get();
    } finally {
      place.remove();
      if (state.decrementAndGet() == CLOSING) {
        left.countDown();
      }
    }
  }

  /**
   * Runs a call that gives nothing, on this thread.
   *
   * @param call the call; what it throws comes out as it is
   * @throws IllegalStateException if closing has begun
   */
  public void run(Runnable call) {
    this.<@Nullable Object>call(
        () -> {
          call.run();
          return null;
        });
  }

  private void enter() {
    int now;
    do {
      now = state.get();
      if (now < 0) {
        throw new IllegalStateException(what + " is closed: build a new one");
      }
    } while (!state.compareAndSet(now, now + 1));
  }

  /**
   * Refuses new calls from now on, waits for those inside, then runs {@code release}. Of several
   * closings the first does this; the others wait until it has, and then do nothing. Waiting does
   * not end by an interrupt, which the thread keeps.
   *
   * @param release releases what the calls used. What it throws comes out of the closing that ran
   *     it; the gate is closed all the same, and it is not run again. A closing begun inside it
   *     returns at once
   * @throws IllegalStateException if this thread is inside a call: it would wait for itself
   */
  public void close(Runnable release) {
    close(FOR_EVER, () -> {}, release);
  }

  /**
   * {@link #close(Runnable)} that waits patiently for so long only.
   *
   * @param grace how long those inside are waited for before they are hurried
   * @param hurry makes those inside come out; they are waited for all the same
   * @param release releases what the calls used
   * @throws IllegalStateException if this thread is inside a call: it would wait for itself
   */
  public void close(Duration grace, Runnable hurry, Runnable release) {
    Duration patience = grace.compareTo(FOR_EVER) < 0 ? grace : FOR_EVER;
    Place here = place.get();
    if (here == Place.RELEASE) {
      return;
    }
    if (here == Place.CALL) {
      throw new IllegalStateException(
          "close was called from within a call of "
              + what
              + ": it would wait for itself; close it after that call returned");
    }
    int before = state.getAndUpdate(now -> now | CLOSING);
    if (before < 0) {
      await(released, FOR_EVER);
      return;
    }
    if (before > 0 && !await(left, patience)) {
      hurry.run();
      await(left, FOR_EVER);
    }
    try {
      place.set(Place.RELEASE);
      release.run();
    } finally {
      place.remove();
      released.countDown();
    }
  }

  /** Waits for a time, or without end; returns whether the latch opened. */
  private static boolean await(CountDownLatch latch, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (time.equals(FOR_EVER)) {
            latch.await();
            return true;
          }
          return latch.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
