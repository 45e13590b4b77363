package dev.reranker.benchmarks;

import dev.reranker.Document;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchResult;
import dev.reranker.StageScore;
import dev.reranker.depth.AdaptiveDepth;
import dev.reranker.depth.DepthModel;
import dev.reranker.eval.Metric;
import dev.reranker.eval.Run;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.en.EnglishAnalyzer;

/**
 * How much of SciFact's quality is left when fewer pairs are scored: at a fixed depth, and at an
 * adaptive one whose model never saw the query (five parts, each by a model of the other four). All
 * pairs are scored once; then the pipelines are run over the scores.
 */
final class DepthQuality {

  private static final int DEPTH = 100;
  private static final int PARTS = 5;
  private static final int SEED = 11;
  private static final int[] FIXED = {10, 20, 30, 40, 60, 80};
  private static final double[] TOLERANCES = {0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1, 2};

  private final SciFact scifact;
  private final List<RerankResult> full;
  private final ScoreCombiner combiner;

  private DepthQuality(SciFact scifact, List<RerankResult> full, ScoreCombiner combiner) {
    this.scifact = scifact;
    this.full = full;
    this.combiner = combiner;
  }

  /**
   * Prints one line for each way.
   *
   * @param args none
   * @throws IOException if SciFact cannot be read
   */
  public static void main(String[] args) throws IOException {
    SciFact scifact = SciFact.read().shuffled(SEED);
    try (var reranker = OnnxReranker.builder().build();
        var index =
            LuceneIndex.builder()
                .inMemory()
                .analyzer(new EnglishAnalyzer())
                .prepare(reranker)
                .build()) {
      index.add(scifact.corpus());
      Map<String, Retriever> firstStages = new LinkedHashMap<>();
      firstStages.put("bm25", index.bm25());
      firstStages.put("hybrid", Fusion.rrf(index.knn(), index.bm25()));
      System.out.println("first stage  scores    way              pairs  nDCG@10  less than all");
      for (Map.Entry<String, Retriever> first : firstStages.entrySet()) {
        List<RerankResult> full = new ArrayList<>();
        for (Document query : scifact.queries()) {
          List<Hit> candidates = first.getValue().retrieve(query.text(), DEPTH);
          full.add(reranker.rerank(RerankRequest.of(query.text(), candidates)));
        }
        new DepthQuality(scifact, full, reranker.combiner()).print(first.getKey(), "joined");
        new DepthQuality(scifact, full, ScoreCombiner.replace()).print(first.getKey(), "replaced");
      }
    }
  }

  private void print(String firstStage, String scores) {
    Map<String, Outcome> ways = new LinkedHashMap<>();
    Outcome all = fixed(DEPTH);
    ways.put("all", all);
    for (int depth : FIXED) {
      ways.put("depth " + depth, fixed(depth));
    }
    for (double tolerance : TOLERANCES) {
      ways.put("tolerance " + tolerance, adaptive(tolerance));
    }
    ways.forEach(
        (way, outcome) ->
            System.out.printf(
                Locale.ROOT,
                "%-11s  %-8s  %-15s  %3.0f %%  %7.4f  %13.4f%n",
                firstStage,
                scores,
                way,
                100 * outcome.pairs(),
                outcome.quality(),
                all.quality() - outcome.quality()));
  }

  /** A share of the pairs, and nDCG@10. */
  private record Outcome(double pairs, double quality) {}

  private Outcome fixed(int depth) {
    return measure((scores, part) -> scores, depth);
  }

  private Outcome adaptive(double tolerance) {
    List<DepthModel> models = new ArrayList<>();
    for (int part = 0; part < PARTS; part++) {
      List<RerankResult> others = new ArrayList<>();
      for (int i = 0; i < full.size(); i++) {
        if (i % PARTS != part) {
          others.add(full.get(i));
        }
      }
      models.add(DepthModel.fit(others, combiner));
    }
    return measure(
        (scores, part) ->
            AdaptiveDepth.builder(scores, models.get(part))
                .combiner(combiner)
                .tolerance(tolerance)
                .build(),
        DEPTH);
  }

  /** Makes a reranker for the queries of a part. */
  private interface Way {
    Reranker over(Reranker scores, int part);
  }

  private Outcome measure(Way way, int window) {
    long scored = 0;
    long pairs = 0;
    Map<String, List<String>> rankings = new HashMap<>();
    for (int i = 0; i < full.size(); i++) {
      Document query = scifact.queries().get(i);
      RerankResult result = full.get(i);
      Pipeline pipeline =
          Pipeline.builder()
              .retrieve((text, k) -> candidates(result), DEPTH)
              .rerank(way.over(again(result), i % PARTS), 10, combiner)
              .window(window)
              .build();
      SearchResult found = pipeline.search(query.text());
      scored += found.stages().getLast().scored();
      pairs += result.hits().size();
      rankings.put(query.id(), found.hits().stream().map(hit -> hit.document().id()).toList());
    }
    return new Outcome(
        (double) scored / pairs, Metric.ndcg(10).mean(scifact.qrels(), Run.of(rankings)));
  }

  /** What the reranker was given. */
  private static List<Hit> candidates(RerankResult result) {
    return result.hits().stream()
        .sorted(Comparator.comparingInt(Hit::index))
        .map(hit -> Hit.of(hit.document(), hit.earlier()))
        .toList();
  }

  /** A reranker that gives the scores again. */
  private static Reranker again(RerankResult result) {
    Map<String, StageScore> scores = new HashMap<>();
    result.hits().forEach(hit -> scores.put(hit.document().id(), hit.current()));
    return request -> {
      RerankResult.Builder again = RerankResult.builder(request, "again");
      for (int i = 0; i < request.candidates().size(); i++) {
        StageScore score = scores.get(request.candidates().get(i).document().id());
        if (score != null && score.scored()) {
          again.score(i, score.score(), score.raw().orElse(score.score()));
        }
      }
      return again.build();
    };
  }
}
