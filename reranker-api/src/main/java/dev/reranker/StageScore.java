package dev.reranker;

import dev.reranker.error.InferenceException;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What one stage said of one document: the rank and the score it gave, and how it came to them.
 * Immutable; equal to another with the same values.
 */
public final class StageScore {

  private final String stage;
  private final int rank;
  private final double score;
  private final OptionalDouble raw;
  private final boolean scored;
  private final boolean truncated;

  private StageScore(
      String stage, int rank, double score, OptionalDouble raw, boolean scored, boolean truncated) {
    this.stage = Objects.requireNonNull(stage, "stage");
    if (rank < 1) {
      throw new IllegalArgumentException("rank is " + rank + "; ranks start at 1");
    }
    this.rank = rank;
    this.score = finite(stage, "score", score);
    this.raw =
        raw.isPresent() ? OptionalDouble.of(finite(stage, "raw score", raw.getAsDouble())) : raw;
    this.scored = scored;
    this.truncated = truncated;
  }

  /** The number itself, with -0.0 made 0.0, so that the two are a tie. */
  private static double finite(String stage, String what, double value) {
    if (!Double.isFinite(value)) {
      throw new InferenceException(
          "the %s of stage '%s' is %s; scores are finite numbers".formatted(what, stage, value));
    }
    return value + 0.0;
  }

  /**
   * What a stage without a raw output says: a retriever, a fusion, a reranker behind an API.
   *
   * @param stage the stage's name
   * @param rank from 1, the best
   * @param score in the stage's own unit, higher is better; finite
   * @return the entry
   * @throws IllegalArgumentException if {@code rank} is below 1
   * @throws InferenceException if {@code score} is NaN or infinite
   */
  public static StageScore of(String stage, int rank, double score) {
    return new StageScore(stage, rank, score, OptionalDouble.empty(), true, false);
  }

  /**
   * What a stage with a raw output says.
   *
   * @param stage the stage's name
   * @param rank from 1, the best
   * @param score in the stage's own unit, higher is better; finite
   * @param raw the model's output before any activation, for example a logit; finite
   * @param truncated the passage was too long for the model and only its beginning was read
   * @return the entry
   * @throws IllegalArgumentException if {@code rank} is below 1
   * @throws InferenceException if a number is NaN or infinite
   */
  public static StageScore of(String stage, int rank, double score, double raw, boolean truncated) {
    return new StageScore(stage, rank, score, OptionalDouble.of(raw), true, truncated);
  }

  /**
   * What a stage says that passed the document on without scoring it, past its deadline for
   * example.
   *
   * @param stage the stage's name
   * @param rank from 1; behind all that the stage did score
   * @param score the score that the document came with, in the unit of the stage that gave it
   * @return the entry
   * @throws IllegalArgumentException if {@code rank} is below 1
   * @throws InferenceException if {@code score} is NaN or infinite
   */
  public static StageScore unscored(String stage, int rank, double score) {
    return new StageScore(stage, rank, score, OptionalDouble.empty(), false, false);
  }

  /**
   * The stage's name, for example {@code "bm25"}, {@code "knn"}, {@code "rrf"} or a reranker's
   * {@link Reranker#name()}.
   *
   * @return the name
   */
  public String stage() {
    return stage;
  }

  /**
   * The rank that the stage gave.
   *
   * @return from 1, the best
   */
  public int rank() {
    return rank;
  }

  /**
   * The score that the stage gave, in its own unit: scores of different stages cannot be compared.
   *
   * @return higher is better; finite. Where {@link #scored()} is false, the score that the document
   *     came with, which is not of this stage's unit
   */
  public double score() {
    return score;
  }

  /**
   * The model's output before any activation: a cross-encoder's logit, the sum of a late
   * interaction.
   *
   * @return a finite number; empty for a stage that has none, or that did not score the document
   */
  public OptionalDouble raw() {
    return raw;
  }

  /**
   * Whether the stage scored the document itself.
   *
   * @return false: it passed the document on, behind all that it scored
   */
  public boolean scored() {
    return scored;
  }

  /**
   * Whether the passage was too long for the stage's model, so that only its beginning was read.
   *
   * @return true if it was cut
   */
  public boolean truncated() {
    return truncated;
  }

  /** The same at another rank. */
  StageScore atRank(int rank) {
    return rank == this.rank ? this : new StageScore(stage, rank, score, raw, scored, truncated);
  }

  /** Another stage's entry for what this one said of the passage, with its raw output. */
  StageScore combined(String stage, double score) {
    return new StageScore(stage, rank, score, raw, scored, truncated);
  }

  /** The same, of a passage that was cut. */
  StageScore cut() {
    return new StageScore(stage, rank, score, raw, scored, true);
  }

  /** The same under another stage's name. */
  StageScore named(String stage) {
    return new StageScore(stage, rank, score, raw, scored, truncated);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StageScore that
        && stage.equals(that.stage)
        && rank == that.rank
        && score == that.score
        && raw.equals(that.raw)
        && scored == that.scored
        && truncated == that.truncated;
  }

  @Override
  public int hashCode() {
    return Objects.hash(stage, rank, score, raw, scored, truncated);
  }

  /** For people, for example {@code cross-encoder #1 0.9931 (raw 4.9610)}. */
  @Override
  public String toString() {
    var text = new StringBuilder().append(stage).append(" #").append(rank);
    if (!scored) {
      return text.append(" (not scored)").toString();
    }
    text.append(' ').append(String.format(java.util.Locale.ROOT, "%.4f", score));
    raw.ifPresent(r -> text.append(String.format(java.util.Locale.ROOT, " (raw %.4f)", r)));
    return text.append(truncated ? " (cut)" : "").toString();
  }
}
