package dev.reranker.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchContext;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.StageReport.Outcome;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores stop where the rest can hardly matter; what was scored is the same as without. */
class AdaptiveDepthTest {

  private static final int CANDIDATES = 100;
  private static final ScoreCombiner JOINED = ScoreCombiner.rankPrior(1);

  /** A query's logits: an offset, a fall with the rank, noise, now and then something relevant. */
  private static double[] logits(Random random) {
    double offset = 2 * random.nextGaussian();
    double[] logits = new double[CANDIDATES];
    for (int i = 0; i < CANDIDATES; i++) {
      boolean relevant = random.nextDouble() < 0.5 / (i + 1);
      logits[i] = offset - Tail.log2(i + 2.0) + 1.5 * random.nextGaussian() + (relevant ? 6 : 0);
    }
    return logits;
  }

  private static List<double[]> queries(int count, Random random) {
    return IntStream.range(0, count).mapToObj(i -> logits(random)).toList();
  }

  /** A model whose logits stand in the metadata, so that they do not hang on places. */
  private static final Reranker MODEL = Reranker.of("model", AdaptiveDepthTest::scored);

  private static RerankResult scored(RerankRequest request) {
    RerankResult.Builder result = RerankResult.builder(request, "model");
    int count = request.candidates().size();
    for (int i = 0; i < count; i++) {
      double logit = logit(request.candidates().get(i));
      result.score(i, 1 / (1 + Math.exp(-logit)), logit);
    }
    return result.tokens(10L * count, 12L * count).build();
  }

  private static double logit(Hit hit) {
    return hit.document().metadata("logit", Double.class).orElseThrow();
  }

  private static RerankRequest request(double[] logits) {
    List<Hit> candidates = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      Document document = new Document("d" + i, "text", Map.of("logit", logits[i]));
      candidates.add(Hit.of(document, "first", i + 1, 1.0 / (i + 1)));
    }
    return RerankRequest.of("query", candidates);
  }

  private static DepthModel fitted(ScoreCombiner combiner, List<double[]> queries) {
    return DepthModel.fit(
        queries.stream().map(logits -> MODEL.rerank(request(logits))).toList(), combiner);
  }

  static List<ScoreCombiner> combiners() {
    return List.of(JOINED, ScoreCombiner.replace());
  }

  private static List<String> best(Reranker reranker, ScoreCombiner combiner, double[] logits) {
    return search(reranker, combiner, logits).hits().stream().map(h -> h.document().id()).toList();
  }

  private static SearchResult search(Reranker reranker, ScoreCombiner combiner, double[] logits) {
    return Pipeline.builder()
        .retrieve((query, k) -> request(logits).candidates(), CANDIDATES)
        .rerank(reranker, 10, combiner)
        .build()
        .search("query");
  }

  @ParameterizedTest
  @MethodSource("combiners")
  void aboutAsManyOfTheBestAreMissedAsTheToleranceSays(ScoreCombiner combiner) {
    long seed = 20261127;
    System.out.println("AdaptiveDepthTest seed " + seed);
    var random = new Random(seed);
    DepthModel model = fitted(combiner, queries(300, random));
    for (double tolerance : new double[] {0.1, 0.5}) {
      Reranker adaptive =
          AdaptiveDepth.builder(MODEL, model).combiner(combiner).tolerance(tolerance).build();
      int missed = 0;
      long scored = 0;
      for (double[] logits : queries(500, random)) {
        List<String> full = best(MODEL, combiner, logits);
        SearchResult found = search(adaptive, combiner, logits);
        scored += found.stages().getLast().scored();
        missed +=
            (int) found.hits().stream().filter(h -> !full.contains(h.document().id())).count();
      }
      assertThat(missed / 500.0).as("missed at %s", tolerance).isLessThan(1.5 * tolerance);
      assertThat(scored / 500.0)
          .as("scored at %s", tolerance)
          .isLessThan(tolerance < 0.5 ? CANDIDATES : 0.8 * CANDIDATES);
    }
  }

  @ParameterizedTest
  @MethodSource("combiners")
  void withoutToleranceAllIsScoredAsWithoutIt(ScoreCombiner combiner) {
    var random = new Random(5);
    Reranker careful =
        AdaptiveDepth.builder(MODEL, fitted(combiner, queries(40, random)))
            .combiner(combiner)
            .tolerance(0)
            .build();
    for (double[] logits : queries(20, random)) {
      RerankRequest request = request(logits);
      RerankResult result = careful.rerank(request);
      assertThat(result.hits()).isEqualTo(MODEL.rerank(request).hits());
      assertThat(result.report().outcome()).isEqualTo(Outcome.COMPLETE);
      assertThat(result.report().tokens()).isEqualTo(10 * CANDIDATES);
      assertThat(result.report().paddedTokens()).isEqualTo(12 * CANDIDATES);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 100, Integer.MAX_VALUE})
  void stepsChangeNoScore(int step) {
    var random = new Random(step);
    Reranker stepping =
        AdaptiveDepth.builder(MODEL, fitted(JOINED, queries(40, random))).step(step).build();
    double[] logits = logits(random);
    RerankResult result = stepping.rerank(request(logits));
    result
        .hits()
        .forEach(
            hit -> {
              assertThat(hit.document().id()).isEqualTo("d" + hit.index());
              if (hit.scored()) {
                assertThat(hit.raw()).hasValue(logits[hit.index()]);
              }
            });
    assertThat(result.hits()).hasSize(CANDIDATES);
    assertThat(result.report().scored() + result.report().skipped()).isEqualTo(CANDIDATES);
  }

  /** Ten candidates above the others, without noise. */
  private static double[] clear() {
    return IntStream.range(0, CANDIDATES)
        .mapToDouble(i -> (i < 10 ? 6 : 0) - Tail.log2(i + 2.0))
        .toArray();
  }

  private static final DepthModel MODEL_OF_DEPTH = fitted(JOINED, queries(100, new Random(1)));

  @Test
  void aClearCaseStopsSoonAndStaysComplete() {
    Reranker adaptive =
        AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH).combiner(JOINED).tolerance(0.5).build();
    SearchResult found = search(adaptive, JOINED, clear());
    StageReport report = found.stages().getLast();
    assertThat(report.outcome()).isEqualTo(Outcome.STOPPED_EARLY);
    assertThat(report.scored()).isBetween(10, 40);
    assertThat(report.skipped()).isEqualTo(CANDIDATES - report.scored());
    assertThat(found.complete()).isTrue();
    assertThat(found.explain())
        .contains(report.skipped() + " not scored")
        .contains("stopped early");
  }

  @Test
  void aRequestThatNamesItsNumberIsScoredForIt() {
    Reranker adaptive = AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH).combiner(JOINED).build();
    RerankResult result = adaptive.rerank(request(clear()).withTopN(30));
    assertThat(result.hits()).hasSize(30).allMatch(Hit::scored);
  }

  @Test
  void theDeadlineLeavesTheStepsBeforeIt() {
    Reranker slow =
        request -> {
          boolean late = request.candidates().getFirst().rank() > 20;
          RerankResult.Builder result = RerankResult.builder(request, "model");
          for (int i = 0; i < request.candidates().size() && !(late && i >= 3); i++) {
            result.score(i, logit(request.candidates().get(i)));
          }
          return late ? result.pastDeadline().build() : result.build();
        };
    double[] even = new double[CANDIDATES];
    RerankResult result =
        AdaptiveDepth.builder(slow, MODEL_OF_DEPTH).tolerance(0).build().rerank(request(even));
    assertThat(result.report().outcome()).isEqualTo(Outcome.DEADLINE);
    assertThat(result.report().scored()).isEqualTo(23);
    assertThat(result.hits().subList(0, 23)).allMatch(Hit::scored);
    assertThat(result.hits()).hasSize(CANDIDATES);
  }

  @Test
  void eachStepHasTheContextOfTheCall() {
    SearchContext context = SearchContext.create().withDeadline(Deadline.after(Duration.ofDays(1)));
    List<SearchContext> seen = new ArrayList<>();
    Reranker model =
        request -> {
          seen.add(request.context());
          request.context().checkCancelled();
          if (seen.size() == 2) {
            context.cancel();
          }
          return MODEL.rerank(request);
        };
    Reranker adaptive = AdaptiveDepth.builder(model, MODEL_OF_DEPTH).tolerance(0).build();
    assertThatThrownBy(() -> adaptive.rerank(request(clear()).withContext(context)))
        .isInstanceOf(CancelledException.class);
    assertThat(seen).hasSize(3).allMatch(c -> c == context);
  }

  @Test
  void aFailureOfAStepIsTheFailure() {
    Reranker broken =
        request -> {
          if (request.candidates().getFirst().rank() > 10) {
            throw new InferenceException("down");
          }
          return MODEL.rerank(request);
        };
    Reranker adaptive = AdaptiveDepth.builder(broken, MODEL_OF_DEPTH).tolerance(0).build();
    assertThatThrownBy(() -> adaptive.rerank(request(clear())))
        .isInstanceOf(InferenceException.class)
        .hasMessage("down");
    SearchResult found = search(adaptive, JOINED, clear());
    assertThat(found.complete()).isFalse();
    assertThat(found.hits()).hasSize(10).noneMatch(Hit::scored);
  }

  private static Document best(Hit hit) {
    return new Document(hit.document().id(), "text", Map.of("best", hit.index()));
  }

  @Test
  void aStageThatChangesDocumentsIsKept() {
    Reranker windows =
        request -> {
          RerankResult result = MODEL.rerank(request);
          return RerankResult.of(
              result.hits().stream().map(hit -> hit.with(best(hit))).toList(), result.report());
        };
    RerankResult result =
        AdaptiveDepth.builder(windows, MODEL_OF_DEPTH)
            .tolerance(0)
            .build()
            .rerank(request(clear()));
    assertThat(result.hits())
        .allSatisfy(
            hit ->
                assertThat(hit.document().metadata("best", Integer.class))
                    .hasValue(hit.index() % 10));
  }

  @Test
  void noCandidatesAreNoSteps() {
    RerankResult none =
        AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH)
            .build()
            .rerank(RerankRequest.of("query", List.of()));
    assertThat(none.hits()).isEmpty();
    assertThat(none.report().outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void itIsTheRerankerInNameAndCombiner() {
    AdaptiveDepth adaptive = AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH).build();
    assertThat(adaptive.name()).isEqualTo(MODEL.name());
    assertThat(adaptive.combiner()).isEqualTo(MODEL.combiner());
  }

  @Test
  void settingsAreChecked() {
    AdaptiveDepth.Builder builder = AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH);
    for (double wrong : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> builder.tolerance(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(wrong));
    }
    assertThatThrownBy(() -> builder.topN(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.step(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSumsOfALongRunAreThoseOfItsSteps() {
    RerankResult result =
        AdaptiveDepth.builder(MODEL, MODEL_OF_DEPTH)
            .combiner(JOINED)
            .build()
            .rerank(request(clear()));
    assertThat(result.report().tokens()).isEqualTo(10L * result.report().scored());
    assertThat(result.report().paddingRatio()).isEqualTo(1 - 10.0 / 12, within(1e-9));
  }
}
