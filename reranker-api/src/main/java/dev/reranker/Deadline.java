package dev.reranker;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The moment by which a call wants its answer. Stages poll it between units of work; only a fusion
 * interrupts what is late. Counts by a monotonic clock ({@link System#nanoTime()}), so that changes
 * of the wall clock do not matter. Immutable; safe for any thread.
 */
public final class Deadline {

  private static final Deadline NEVER = new Deadline(0, Long.MAX_VALUE, () -> 0);

  private final long start;
  private final long nanos;
  private final LongSupplier clock;

  private Deadline(long start, long nanos, LongSupplier clock) {
    this.start = start;
    this.nanos = nanos;
    this.clock = clock;
  }

  /**
   * No deadline.
   *
   * @return a deadline that never passes
   */
  public static Deadline never() {
    return NEVER;
  }

  /**
   * A deadline from now on.
   *
   * @param time how long from now; zero or less: it has passed already. More than 292 years count
   *     as 292
   * @return the deadline
   */
  public static Deadline after(Duration time) {
    return after(time, System::nanoTime);
  }

  /**
   * A deadline by a clock of the caller's own: for tests, which then own the time.
   *
   * @param time how long from now
   * @param clock nanoseconds that only grow, from any origin; may wrap around
   * @return the deadline
   */
  public static Deadline after(Duration time, LongSupplier clock) {
    Objects.requireNonNull(clock, "clock");
    return new Deadline(clock.getAsLong(), nanos(time), clock);
  }

  private static long nanos(Duration time) {
    if (time.isNegative()) {
      return 0;
    }
    try {
      return Math.min(time.toNanos(), Long.MAX_VALUE - 1);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE - 1; // 292 years are as good as any
    }
  }

  /**
   * Whether there is no deadline.
   *
   * @return true for {@link #never()}
   */
  public boolean isNever() {
    return nanos == Long.MAX_VALUE;
  }

  /**
   * How long until it passes.
   *
   * @return the time left, never negative; {@link Long#MAX_VALUE} nanoseconds for {@link #never()}
   */
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /**
   * Whether it has passed.
   *
   * @return true from the moment on that nothing remains
   */
  public boolean expired() {
    return remainingNanos() == 0;
  }

  /**
   * The one of two deadlines that passes first.
   *
   * @param other the other
   * @return this or {@code other}
   */
  public Deadline earlier(Deadline other) {
    return other.remainingNanos() < remainingNanos() ? other : this;
  }

  /** The difference of two readings is right also where the clock overflows between them. */
  private long remainingNanos() {
    return isNever() ? nanos : Math.max(0, nanos - (clock.getAsLong() - start));
  }

  /** For people, for example {@code 0.250 s left}. */
  @Override
  public String toString() {
    return isNever()
        ? "no deadline"
        : String.format(java.util.Locale.ROOT, "%.3f s left", remainingNanos() / 1e9);
  }
}
