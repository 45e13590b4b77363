package dev.reranker.depth;

import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.internal.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A reranker that scores candidates a few at a time, in first-stage order, and stops when those
 * that remain can hardly enter the best n: for a model that is dear, after a first stage that
 * mostly has the best ones in front.
 *
 * {@snippet :
 * DepthModel model = DepthModel.parse(Files.readString(path.resolveSibling("depth-model.txt")));
 * Reranker adaptive = AdaptiveDepth.builder(reranker, model).topN(10).tolerance(0.1).build();
 * Pipeline pipeline = Pipeline.builder().retrieve(index.bm25(), 100).rerank(adaptive, 10).build();
 * }
 *
 * <p><b>When it stops.</b> After each step the model says how many of the candidates that were not
 * scored would come before the n-th best so far, as a mean over many such queries; at the {@link
 * Builder#tolerance} or below it stops. The final score is what the {@link Builder#combiner} makes
 * of the reranker's, so a prior by first-stage rank makes it stop the sooner. Candidates that were
 * not scored stand behind the others in first-stage order, and the report says {@link
 * dev.reranker.StageReport.Outcome#STOPPED_EARLY}, which leaves a search complete.
 *
 * <p><b>What it costs.</b> Each step is a request of its own to the reranker beneath: smaller
 * batches, and the query is read again where the reranker reads it by itself. It pays where most
 * queries stop early; measure both ways.
 *
 * <p><b>Deadline.</b> Each step has the call's. Where it passes, the steps before it stand. Put it
 * inside {@link dev.reranker.passage.MaxP} rather than around it; n counts passages then.
 *
 * <p>As thread-safe as the reranker beneath.
 */
public final class AdaptiveDepth implements Reranker {

  private final Reranker reranker;
  private final Curve curve;
  private final ScoreCombiner combiner;
  private final int topN;
  private final double tolerance;
  private final int step;

  private AdaptiveDepth(Builder builder) {
    this.reranker = builder.reranker;
    this.curve = builder.model.curve();
    this.combiner = builder.combiner;
    this.topN = builder.topN;
    this.tolerance = builder.tolerance;
    this.step = builder.step;
  }

  /**
   * Starts a reranker that stops early.
   *
   * @param reranker scores the candidates; closed with this
   * @param model learnt from this reranker's scores after the same first stage
   * @return a new builder
   */
  public static Builder builder(Reranker reranker, DepthModel model) {
    return new Builder(reranker, model);
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    List<Hit> candidates = request.candidates();
    int wanted = request.topN() == Integer.MAX_VALUE ? topN : request.topN();
    var steps = new Steps(request, name());
    int done = 0;
    boolean stops = false;
    do {
      int end =
          (int) Math.min((long) done + Math.max(step, done == 0 ? wanted : 0), candidates.size());
      List<Hit> part = candidates.subList(done, end);
      steps.add(
          done,
          reranker.rerank(RerankRequest.of(request.query(), part).withContext(request.context())));
      done = end;
      stops = done < candidates.size() && mayStop(steps.scored(), wanted, done, candidates.size());
    } while (done < candidates.size() && !stops && !steps.cutShort());
    return steps.result(stops);
  }

  /** Whether those that remain can hardly enter the best. */
  private boolean mayStop(List<Hit> scored, int wanted, int done, int all) {
    if (scored.size() < wanted) {
      return false;
    }
    double[] scores = FinalScores.of(combiner, scored);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      sum += scores[i] - curve.expected(Tail.log2(scored.get(i).index() + 2.0));
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double limit = sorted[sorted.length - wanted];
    return curve.above(limit, curve.offset(sum, scores.length), done + 1, all) <= tolerance;
  }

  /**
   * What makes the final score, by which it stops: that of the builder.
   *
   * @return the combiner
   */
  @Override
  public ScoreCombiner combiner() {
    return combiner;
  }

  /**
   * The name of the reranker beneath.
   *
   * @return the name
   */
  @Override
  public String name() {
    return reranker.name();
  }

  /** Closes the reranker beneath. */
  @Override
  public void close() {
    reranker.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder {

    private final Reranker reranker;
    private final DepthModel model;
    private ScoreCombiner combiner;
    private int topN = 10;
    private double tolerance = 0.1;
    private int step = 10;

    private Builder(Reranker reranker, DepthModel model) {
      this.reranker = Objects.requireNonNull(reranker, "reranker");
      this.model = Objects.requireNonNull(model, "model");
      this.combiner = reranker.combiner();
    }

    /**
     * Sets how many of the best matter where the request does not say; default: 10. A pipeline does
     * not say where it combines scores.
     *
     * @param topN at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder topN(int topN) {
      this.topN = Checks.atLeastOne("topN", topN);
      return this;
    }

    /**
     * Sets how many of the best may be missed, as a mean over many queries; default: 0.1, which is
     * one in ten queries, or one document in a hundred for the best 10.
     *
     * @param documents at least 0; at 0 it never stops
     * @return this
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder tolerance(double documents) {
      if (!(documents >= 0 && documents < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "tolerance is " + documents + "; it is at least 0 and finite, 0.1 for example");
      }
      this.tolerance = documents;
      return this;
    }

    /**
     * Sets how many candidates are scored between two looks; default: 10. The first time it is topN
     * at least.
     *
     * @param candidates at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder step(int candidates) {
      this.step = Checks.atLeastOne("step", candidates);
      return this;
    }

    /**
     * Sets what makes the final score; default: the reranker's own. A pipeline that is given none
     * takes it from here; the model must have been learnt with the same.
     *
     * @param combiner by which a document's score does not depend on which others were scored
     * @return this
     */
    public Builder combiner(ScoreCombiner combiner) {
      this.combiner = Objects.requireNonNull(combiner, "combiner");
      return this;
    }

    /**
     * Makes the reranker.
     *
     * @return the reranker
     */
    public AdaptiveDepth build() {
      return new AdaptiveDepth(this);
    }
  }
}
