package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one stage of a search did: counts, time, and whether it got to its end. Numbers that a stage
 * does not have are 0. Immutable.
 */
public final class StageReport {

  /** How a stage ended. More may be added, so have a default where you switch over it. */
  public enum Outcome {
    /** It did all that it was asked. */
    COMPLETE,
    /** The deadline passed before it had done all. */
    DEADLINE,
    /** It ended by itself before all were scored, since the others could hardly matter. */
    STOPPED_EARLY,
    /** It failed; see {@link StageReport#failure()}. */
    FAILED,
    /** The caller no longer wanted the answer. */
    CANCELLED
  }

  /** Never changed once it is here. */
  private final Builder numbers;

  private StageReport(Builder numbers) {
    this.numbers = numbers;
  }

  /**
   * Starts a report, for stage implementers.
   *
   * @param stage the stage's name
   * @return a new builder
   */
  public static Builder builder(String stage) {
    return new Builder(stage);
  }

  /**
   * The stage's name.
   *
   * @return the name
   */
  public String stage() {
    return numbers.stage;
  }

  /**
   * How many candidates it handed on.
   *
   * @return at least 0
   */
  public int candidates() {
    return numbers.candidates;
  }

  /**
   * How many candidates its model scored.
   *
   * @return at least 0; 0 for a retriever
   */
  public int scored() {
    return numbers.scored;
  }

  /**
   * How many of the candidates that it was given its model did not score.
   *
   * @return at least 0; 0 for a retriever
   */
  public int skipped() {
    return numbers.skipped;
  }

  /**
   * How many passages were cut to the model's length.
   *
   * @return at least 0
   */
  public int truncated() {
    return numbers.truncated;
  }

  /**
   * How many of the scored passages were scored as they had been {@linkplain Document#withPrepared
   * prepared}, or as a cache held them, so that the model did not read their texts.
   *
   * @return at least 0
   */
  public int prepared() {
    return numbers.prepared;
  }

  /**
   * How many of the scores came from a {@linkplain dev.reranker.cache.ScoreCache cache of scores},
   * so that nothing was computed.
   *
   * @return at least 0
   */
  public int cached() {
    return numbers.cached;
  }

  /**
   * Tokens of all scored pairs, special tokens included, padding not.
   *
   * @return at least 0
   */
  public long tokens() {
    return numbers.tokens;
  }

  /**
   * Tokens that the model had to compute, padding included.
   *
   * @return at least 0
   */
  public long paddedTokens() {
    return numbers.paddedTokens;
  }

  /**
   * The share of the computed tokens that was padding.
   *
   * @return from 0 (none) to below 1; 0 where nothing was computed
   */
  public double paddingRatio() {
    return paddedTokens() == 0 ? 0 : 1 - (double) tokens() / paddedTokens();
  }

  /**
   * How long it took.
   *
   * @return wall-clock time, not negative
   */
  public Duration took() {
    return numbers.took;
  }

  /**
   * How much of the time went by before its model began, in a queue behind other calls for example.
   *
   * @return not negative; zero where nothing waited
   */
  public Duration waited() {
    return numbers.waited;
  }

  /**
   * How it ended.
   *
   * @return {@link Outcome#COMPLETE} unless it was cut short
   */
  public Outcome outcome() {
    return numbers.outcome;
  }

  /**
   * The exception that it ended by.
   *
   * @return the failure; empty for a stage that ended by itself
   */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(numbers.failure);
  }

  /**
   * What the retrievers of a fusion did.
   *
   * @return one report for each, in their order; empty for other stages
   */
  public List<StageReport> parts() {
    return numbers.parts;
  }

  /**
   * Starts a report that has these numbers already, for a stage that wraps another.
   *
   * @param stage the stage's name
   * @return a new builder
   */
  public Builder copy(String stage) {
    return numbers.copy(stage);
  }

  /** What it did, on one line, without its parts and without the reason of a failure. */
  String line() {
    return new ReportText(stage(), candidates())
        .scored(scored(), skipped())
        .count(truncated(), " cut")
        .count(prepared(), " prepared")
        .count(cached(), " from the cache")
        .tokens(tokens(), paddingRatio())
        .took(took(), waited())
        .ended(outcome() == Outcome.COMPLETE ? "" : outcome().name())
        .toString();
  }

  /** For people, on one line. */
  @Override
  public String toString() {
    String why = failure().map(cause -> " (" + cause.getMessage() + ")").orElse("");
    return line() + why + (parts().isEmpty() ? "" : " " + parts());
  }

  /** Collects the numbers of a report; not thread-safe. */
  public static final class Builder {

    private final String stage;
    private int candidates;
    private int scored;
    private int skipped;
    private int truncated;
    private int prepared;
    private int cached;
    private long tokens;
    private long paddedTokens;
    private Duration took = Duration.ZERO;
    private Duration waited = Duration.ZERO;
    private Outcome outcome = Outcome.COMPLETE;
    private @Nullable Throwable failure;
    private List<StageReport> parts = List.of();

    private Builder(String stage) {
      this.stage = Objects.requireNonNull(stage, "stage");
    }

    /**
     * Sets how many candidates are handed on.
     *
     * @param candidates at least 0
     * @return this
     */
    public Builder candidates(int candidates) {
      this.candidates = candidates;
      return this;
    }

    /**
     * Sets how many of the given candidates were scored and how many were not.
     *
     * @param scored at least 0
     * @param skipped at least 0
     * @return this
     */
    public Builder scored(int scored, int skipped) {
      this.scored = scored;
      this.skipped = skipped;
      return this;
    }

    /**
     * Sets how many passages were cut.
     *
     * @param truncated at least 0
     * @return this
     */
    public Builder truncated(int truncated) {
      this.truncated = truncated;
      return this;
    }

    /**
     * Sets how many were scored as they had been prepared, or as a cache held them; default: 0.
     *
     * @param prepared at least 0
     * @return this
     */
    public Builder prepared(int prepared) {
      this.prepared = prepared;
      return this;
    }

    /**
     * Sets how many of the scores came from a cache of scores; default: 0.
     *
     * @param cached at least 0
     * @return this
     */
    public Builder cached(int cached) {
      this.cached = cached;
      return this;
    }

    /**
     * Sets how many tokens were computed.
     *
     * @param tokens without padding, at least 0
     * @param paddedTokens with padding, at least {@code tokens}
     * @return this
     */
    public Builder tokens(long tokens, long paddedTokens) {
      this.tokens = tokens;
      this.paddedTokens = paddedTokens;
      return this;
    }

    /**
     * Sets how long it took.
     *
     * @param took wall-clock time
     * @return this
     */
    public Builder took(Duration took) {
      this.took = Objects.requireNonNull(took, "took");
      return this;
    }

    /**
     * Sets how long it waited before its model began; default: zero.
     *
     * @param waited not negative
     * @return this
     */
    public Builder waited(Duration waited) {
      this.waited = Objects.requireNonNull(waited, "waited");
      return this;
    }

    /**
     * Says that it ended by itself before all were scored.
     *
     * @return this
     */
    public Builder stoppedEarly() {
      return ended(Outcome.STOPPED_EARLY);
    }

    /**
     * Says that the deadline passed before all was done.
     *
     * @return this
     */
    public Builder pastDeadline() {
      return ended(Outcome.DEADLINE);
    }

    private Builder ended(Outcome how) {
      this.outcome = how;
      return this;
    }

    /**
     * Says that it ended by an exception: late, cancelled, or failed, as the exception's kind
     * tells.
     *
     * @param failure why
     * @return this
     */
    public Builder failed(Throwable failure) {
      this.failure = Objects.requireNonNull(failure, "failure");
      return ended(
          switch (failure) {
            case DeadlineException late -> Outcome.DEADLINE;
            case CancelledException unwanted -> Outcome.CANCELLED;
            default -> Outcome.FAILED;
          });
    }

    /**
     * Says what the stages did that this one asked in turn.
     *
     * @param parts one report for each
     * @return this
     */
    public Builder parts(List<StageReport> parts) {
      this.parts = List.copyOf(parts);
      return this;
    }

    /**
     * Makes the report.
     *
     * @return the report
     */
    public StageReport build() {
      return new StageReport(copy(stage));
    }

    private Builder copy(String name) {
      Builder copy = new Builder(name).candidates(candidates).took(took).waited(waited);
      copy.scored(scored, skipped).truncated(truncated).prepared(prepared).cached(cached);
      copy.tokens(tokens, paddedTokens).parts(parts).ended(outcome).failure = failure;
      return copy;
    }
  }
}
