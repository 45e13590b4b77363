package dev.reranker.resilience;

import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.error.BreakerOpenException;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Stops asking a model or an index that keeps failing, and tries it again after a while.
 *
 * {@snippet :
 * CircuitBreaker breaker = CircuitBreaker.builder().openFor(Duration.ofSeconds(30)).build();
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(index.bm25(), 100)
 *     .rerank(breaker.around(reranker), 10)
 *     .build();
 * }
 *
 * <p><b>States.</b> {@link State#CLOSED}: every call goes through, and the newest {@linkplain
 * Builder#window counted} ones are remembered; where the share of faults among them reaches {@link
 * Builder#faultShare}, the breaker opens. {@link State#OPEN}: calls end at once with a {@link
 * BreakerOpenException}, to which a pipeline answers by its failure policy. {@link
 * State#HALF_OPEN}, when the time is over: a few trial calls go through; if all succeed the breaker
 * closes with nothing counted, and by one fault it opens again. Calls that began before a change of
 * state are not counted after it.
 *
 * <p><b>What counts.</b> A fault is whatever the stage throws or reports as its failure, and a
 * deadline that passed after the stage had worked for longer than {@link Builder#slowCall}. An
 * answer is a success, one that was stopped early too. Neither, so that a trial gives its place
 * back: a call that was cancelled or interrupted; {@link IllegalArgumentException} and {@link
 * IllegalStateException} themselves (their subclasses are the stage's own mistakes), which mean a
 * wrong argument and a closed stage; an {@link dev.reranker.error.OverloadException}; a refusal of
 * another breaker; a deadline that passed sooner. The time that a reranker's report gives as {@link
 * dev.reranker.StageReport#waited()} is not work.
 *
 * <p>The state lives as long as this object: keep one breaker for each model or index, for all its
 * calls. Safe for any thread; what it wraps is asked without a lock.
 */
public final class CircuitBreaker {

  /** Whether calls go through. */
  public enum State {
    /** They do. */
    CLOSED,
    /** They do not. */
    OPEN,
    /** A few do, to see whether the stage is well again. */
    HALF_OPEN
  }

  /**
   * A moment's numbers.
   *
   * @param state whether calls go through
   * @param counted how many calls are remembered; 0 unless closed
   * @param faults how many of them were faults
   * @param freeTrials how many trial calls may begin; 0 unless half open
   * @param openFor how long it will stay open; zero unless open
   */
  public record Counts(State state, int counted, int faults, int freeTrials, Duration openFor) {}

  private final Builder settings;

  // Guarded by this.
  private final boolean[] faultAt;
  private State state = State.CLOSED;
  private long epoch;
  private int next;
  private int counted;
  private int faults;
  private int freeTrials;
  private int passedTrials;
  private long openedAt;

  private CircuitBreaker(Builder settings) {
    this.settings = settings;
    this.faultAt = new boolean[settings.window];
  }

  /**
   * Starts a breaker.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A reranker whose calls go through this breaker.
   *
   * @param reranker what to guard; closed with the result
   * @return the guarded reranker, under the same name and with the same {@linkplain
   *     Reranker#combiner() combiner}
   */
  public Reranker around(Reranker reranker) {
    return new GuardedReranker(this::begin, Objects.requireNonNull(reranker, "reranker"));
  }

  /**
   * A retriever whose calls go through this breaker.
   *
   * @param retriever what to guard; stays the caller's to close
   * @return the guarded retriever, under the same name
   */
  public Retriever around(Retriever retriever) {
    return new GuardedRetriever(this::begin, Objects.requireNonNull(retriever, "retriever"));
  }

  /**
   * Whether calls go through now.
   *
   * @return the state
   */
  public State state() {
    return counts().state();
  }

  /**
   * The numbers of this moment, all of the same one.
   *
   * @return the numbers
   */
  public synchronized Counts counts() {
    halfOpenWhenDue();
    return new Counts(state, counted, faults, freeTrials, untilTrial());
  }

  /** One call that was let through. */
  private final class Through implements Gate.Call {

    private final long begunIn;
    private final long start = now();

    Through(long epoch) {
      this.begunIn = epoch;
    }

    @Override
    public boolean slow(Duration waited) {
      return now() - start - waited.toNanos() > settings.slowCall.toNanos();
    }

    @Override
    public void ended(Gate.Verdict verdict) {
      count(begunIn, verdict);
    }
  }

  private synchronized Gate.Call begin(String who) {
    halfOpenWhenDue();
    if (state == State.OPEN) {
      Duration left = untilTrial();
      throw new BreakerOpenException(
          String.format(
              Locale.ROOT,
              "the circuit breaker of %s is open, after too many faults: it tries again in %.3f s",
              who,
              left.toNanos() / 1e9),
          left);
    }
    if (state == State.HALF_OPEN) {
      if (freeTrials == 0) {
        throw new BreakerOpenException(
            "the circuit breaker of %s is half open, and its %d trial calls are under way: it lets others through when they have succeeded"
                .formatted(who, settings.trialCalls),
            Duration.ZERO);
      }
      freeTrials--;
    }
    return new Through(epoch);
  }

  private synchronized void count(long begunIn, Gate.Verdict verdict) {
    halfOpenWhenDue();
    if (begunIn != epoch) {
      return; // of a state that is over
    }
    switch (verdict) {
      case NEUTRAL -> {
        if (state == State.HALF_OPEN) {
          freeTrials++;
        }
      }
      case SUCCESS -> {
        if (state == State.HALF_OPEN) {
          passedTrials++;
          if (passedTrials == settings.trialCalls) {
            enter(State.CLOSED);
          }
        } else {
          remember(false);
        }
      }
      case FAULT -> {
        if (state == State.HALF_OPEN) {
          enter(State.OPEN);
        } else {
          remember(true);
        }
      }
    }
  }

  private void remember(boolean fault) {
    if (counted == faultAt.length) {
      faults -= faultAt[next] ? 1 : 0;
    } else {
      counted++;
    }
    faultAt[next] = fault;
    faults += fault ? 1 : 0;
    next = (next + 1) % faultAt.length;
    if (counted >= settings.leastCalls && faults >= settings.faultShare * counted) {
      enter(State.OPEN);
    }
  }

  private void halfOpenWhenDue() {
    if (state == State.OPEN && untilTrial().isZero()) {
      enter(State.HALF_OPEN);
    }
  }

  /** The difference of two readings is right also where the clock overflows between them. */
  private Duration untilTrial() {
    return state == State.OPEN
        ? Duration.ofNanos(Math.max(0, settings.openFor.toNanos() - (now() - openedAt)))
        : Duration.ZERO;
  }

  private void enter(State state) {
    this.state = state;
    epoch++;
    next = 0;
    counted = 0;
    faults = 0;
    passedTrials = 0;
    freeTrials = state == State.HALF_OPEN ? settings.trialCalls : 0;
    openedAt = now();
  }

  private long now() {
    return settings.clock.getAsLong();
  }

  /** For people. */
  @Override
  public String toString() {
    return counts().toString();
  }

  /** Collects the settings of a breaker; not thread-safe. */
  public static final class Builder {

    private double faultShare = 0.5;
    private int window = 20;
    private int leastCalls = 10;
    private int trialCalls = 2;
    private Duration slowCall = Duration.ofSeconds(5);
    private Duration openFor = Duration.ofSeconds(10);
    private LongSupplier clock = System::nanoTime;

    private Builder() {}

    private Builder(Builder other) {
      this.faultShare = other.faultShare;
      this.window = other.window;
      this.leastCalls = other.leastCalls;
      this.trialCalls = other.trialCalls;
      this.slowCall = other.slowCall;
      this.openFor = other.openFor;
      this.clock = other.clock;
    }

    /**
     * Sets the share of faults among the counted calls from which on the breaker opens; default:
     * 0.5.
     *
     * @param share above 0, at most 1
     * @return this
     * @throws IllegalArgumentException if it is outside of that, or NaN
     */
    public Builder faultShare(double share) {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "faultShare is " + share + "; it is above 0 and at most 1, 0.5 for example");
      }
      this.faultShare = share;
      return this;
    }

    /**
     * Sets how many of the newest counted calls are looked at; default: 20.
     *
     * @param calls at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder window(int calls) {
      this.window = Checks.atLeastOne("window", calls);
      return this;
    }

    /**
     * Sets how many calls must have been counted before the breaker can open; default: 10.
     *
     * @param calls at least 1, at most the {@link #window}
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder leastCalls(int calls) {
      this.leastCalls = Checks.atLeastOne("leastCalls", calls);
      return this;
    }

    /**
     * Sets how many trial calls must succeed when half open; no more go through at a time. Default:
     * 2.
     *
     * @param calls at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder trialCalls(int calls) {
      this.trialCalls = Checks.atLeastOne("trialCalls", calls);
      return this;
    }

    /**
     * Sets how long a call may work before a deadline that ends it is a fault; default: 5 s. Slow
     * calls that end with an answer are no faults.
     *
     * @param time longer than zero; set it above what a healthy call takes, below the deadline
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public Builder slowCall(Duration time) {
      this.slowCall = Checks.positive("slowCall", time);
      return this;
    }

    /**
     * Sets how long the breaker stays open before it tries again; default: 10 s.
     *
     * @param time longer than zero
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public Builder openFor(Duration time) {
      this.openFor = Checks.positive("openFor", time);
      return this;
    }

    /**
     * Sets the clock; default: {@link System#nanoTime()}. For tests, which then own the time.
     *
     * @param clock nanoseconds that only grow, from any origin; may wrap around
     * @return this
     */
    public Builder clock(LongSupplier clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Makes the breaker, closed.
     *
     * @return the breaker
     * @throws IllegalArgumentException if {@link #leastCalls} is above {@link #window}
     */
    public CircuitBreaker build() {
      if (leastCalls > window) {
        throw new IllegalArgumentException(
            "leastCalls is %d and window %d: the breaker would never open; make the window as long, or ask for fewer calls"
                .formatted(leastCalls, window));
      }
      return new CircuitBreaker(new Builder(this));
    }
  }
}
