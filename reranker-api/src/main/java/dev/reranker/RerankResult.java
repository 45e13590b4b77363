package dev.reranker;

import dev.reranker.error.InferenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a reranker answers: the hits, and what it did. Immutable. */
public final class RerankResult {

  private final List<Hit> hits;
  private final StageReport report;

  private RerankResult(List<Hit> hits, StageReport report) {
    this.hits = List.copyOf(hits);
    this.report = Objects.requireNonNull(report, "report");
  }

  /**
   * A result whose hits are in order already, for a reranker that wraps another.
   *
   * @param hits best first, ranks 1, 2, 3…; copied
   * @param report what was done
   * @return the result
   */
  public static RerankResult of(List<Hit> hits, StageReport report) {
    return new RerankResult(hits, report);
  }

  /**
   * Starts the result of a reranker, which records the score of each candidate that it scored and
   * leaves order, ties and the rest to the builder.
   *
   * {@snippet :
   * Reranker mine = request -> {
   *   var result = RerankResult.builder(request, "mine");
   *   for (int i = 0; i < request.candidates().size(); i++) {
   *     result.score(i, model.score(request.query(), request.candidates().get(i).document().text()));
   *   }
   *   return result.build();
   * };
   * }
   *
   * @param request what was asked
   * @param stage the reranker's name
   * @return a new builder
   */
  public static Builder builder(RerankRequest request, String stage) {
    return new Builder(request, stage);
  }

  /**
   * What was asked for, in its new order: best first, ranks 1, 2, 3…; equal scores by the rank that
   * the candidates came with, then by id. Candidates that were not scored stand behind those that
   * were, in the order they came in.
   *
   * @return the hits; unmodifiable
   */
  public List<Hit> hits() {
    return hits;
  }

  /**
   * What the call did.
   *
   * @return the report
   */
  public StageReport report() {
    return report;
  }

  /**
   * The things that were ordered, in their new order.
   *
   * @param things the list whose texts were given; not changed
   * @param <T> what they are
   * @return one for each hit; unmodifiable
   * @throws IndexOutOfBoundsException if it is a shorter list than the one that was given
   */
  public <T> List<T> pick(List<T> things) {
    var picked = new ArrayList<T>(hits.size());
    for (Hit hit : hits) {
      picked.add(things.get(hit.index()));
    }
    return List.copyOf(picked);
  }

  /** This result under another stage's name. */
  RerankResult named(String stage) {
    return new RerankResult(
        hits.stream().map(hit -> hit.named(stage)).toList(), report.copy(stage).build());
  }

  /** Collects the scores of a result; not thread-safe. */
  public static final class Builder {

    private final RerankRequest request;
    private final String stage;
    private final @Nullable StageScore[] scores;
    private final BitSet truncated = new BitSet();
    private final StageReport.Builder report;

    private Builder(RerankRequest request, String stage) {
      this.request = Objects.requireNonNull(request, "request");
      this.stage = Objects.requireNonNull(stage, "stage");
      this.scores = new StageScore[request.candidates().size()];
      this.report = StageReport.builder(stage);
    }

    /**
     * Records a candidate's score, of a model that has no other number.
     *
     * @param index the candidate's position in the request, from 0
     * @param score higher is better
     * @return this
     * @throws InferenceException if the score is NaN or infinite, there is no such candidate, or it
     *     has a score already: whoever wrote the reranker made the mistake, not its caller
     */
    public Builder score(int index, double score) {
      checkScore(index, score);
      return put(index, StageScore.of(stage, 1, score));
    }

    /**
     * Records a candidate's score and the raw output that it was made of.
     *
     * @param index the candidate's position in the request, from 0
     * @param score the activation of {@code raw}; higher is better. Where it rounds two raw outputs
     *     to one score, these still tell which is better
     * @param raw the model's output before the activation
     * @return this
     * @throws InferenceException if a number is NaN or infinite, there is no such candidate, or it
     *     has a score already
     */
    public Builder score(int index, double score, double raw) {
      checkScore(index, raw);
      checkScore(index, score);
      return put(index, StageScore.of(stage, 1, score, raw, false));
    }

    private void checkScore(int index, double score) {
      int count = scores.length;
      if (index < 0 || index >= count) {
        throw new InferenceException(
            "'%s' scored candidate %d; the request has %d, counted from 0"
                .formatted(stage, index, count));
      }
      if (!Double.isFinite(score)) {
        throw new InferenceException(
            "'%s' gave %s for candidate %d of %d (id '%s'): the model is damaged or overflows"
                .formatted(
                    stage, score, index, count, request.candidates().get(index).document().id()));
      }
    }

    private Builder put(int index, StageScore score) {
      if (scores[index] != null) {
        throw new InferenceException("'%s' scored candidate %d twice".formatted(stage, index));
      }
      scores[index] = score;
      return this;
    }

    /**
     * Records that a candidate's passage was cut to the model's length.
     *
     * @param index the candidate's position in the request, from 0
     * @return this
     * @throws IndexOutOfBoundsException if there is no such candidate
     */
    public Builder truncated(int index) {
      truncated.set(Objects.checkIndex(index, scores.length));
      return this;
    }

    /**
     * Records how many candidates were scored as they had been prepared, or as a cache held them;
     * default: 0.
     *
     * @param candidates at least 0
     * @return this
     */
    public Builder prepared(int candidates) {
      report.prepared(candidates);
      return this;
    }

    /**
     * Records how many candidates' scores came from a cache of scores; default: 0.
     *
     * @param candidates at least 0
     * @return this
     */
    public Builder cached(int candidates) {
      report.cached(candidates);
      return this;
    }

    /**
     * Records how many tokens were computed; default: 0.
     *
     * @param tokens without padding
     * @param paddedTokens with padding
     * @return this
     */
    public Builder tokens(long tokens, long paddedTokens) {
      report.tokens(tokens, paddedTokens);
      return this;
    }

    /**
     * Records how long the call took; default: zero.
     *
     * @param took wall-clock time
     * @return this
     */
    public Builder took(Duration took) {
      report.took(took);
      return this;
    }

    /**
     * Records how much of that time went by before the model began; default: zero.
     *
     * @param waited not negative
     * @return this
     */
    public Builder waited(Duration waited) {
      report.waited(waited);
      return this;
    }

    /**
     * Records that the reranker ended by itself before all candidates were scored.
     *
     * @return this
     */
    public Builder stoppedEarly() {
      report.stoppedEarly();
      return this;
    }

    /**
     * Records that the deadline passed before all candidates were scored.
     *
     * @return this
     */
    public Builder pastDeadline() {
      report.pastDeadline();
      return this;
    }

    /**
     * Puts the candidates in order and cuts to the request's topN.
     *
     * @return the result
     */
    public RerankResult build() {
      List<Hit> candidates = request.candidates();
      List<Hit> scored = new ArrayList<>(candidates.size());
      List<Hit> rest = new ArrayList<>();
      for (int i = 0; i < scores.length; i++) {
        Hit candidate = candidates.get(i);
        StageScore score = scores[i];
        if (score == null) {
          rest.add(candidate.then(StageScore.unscored(stage, 1, candidate.score()), i));
        } else {
          scored.add(candidate.then(truncated.get(i) ? score.cut() : score, i));
        }
      }
      scored.sort(BEST_FIRST);
      report.scored(scored.size(), rest.size()).truncated(truncated.cardinality());
      scored.addAll(rest);
      List<Hit> hits = Ranking.first(request.topN(), scored);
      return new RerankResult(hits, report.candidates(hits.size()).build());
    }

    /** By score; where an activation has rounded, by raw output; then as the candidates came. */
    private static final Comparator<Hit> BEST_FIRST =
        Comparator.comparingDouble(Hit::score)
            .thenComparingDouble(hit -> hit.raw().orElse(0))
            .reversed()
            .thenComparingInt(hit -> hit.earlier().getLast().rank())
            .thenComparing(hit -> hit.document().id());
  }
}
