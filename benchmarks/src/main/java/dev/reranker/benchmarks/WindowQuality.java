package dev.reranker.benchmarks;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.cache.CaffeineScoreCache;
import dev.reranker.eval.Metric;
import dev.reranker.eval.Run;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.passage.Aggregation;
import dev.reranker.passage.Windows;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.en.EnglishAnalyzer;

/**
 * Compares windows with truncation on SciFact: nDCG@10 of the best 50 by BM25, ordered by the
 * default model's score alone, for each model length given.
 */
final class WindowQuality {

  private static final int DEPTH = 50;

  /** Tokens around a passage: the special ones. */
  private static final int AROUND = 3;

  private WindowQuality() {}

  /**
   * Prints one line for each way.
   *
   * @param args model lengths in tokens; none: 128 and 256
   * @throws IOException if SciFact cannot be read
   */
  public static void main(String[] args) throws IOException {
    SciFact scifact = SciFact.read();
    Map<String, List<Hit>> candidates = new HashMap<>();
    try (var index = LuceneIndex.builder().inMemory().analyzer(new EnglishAnalyzer()).build()) {
      index.add(scifact.corpus());
      for (Document query : scifact.queries()) {
        candidates.put(query.id(), index.bm25().retrieve(query.text(), DEPTH));
      }
    }
    System.out.println("model's length  way          nDCG@10  documents cut");
    for (String length : args.length == 0 ? new String[] {"128", "256"} : args) {
      measure(Integer.parseInt(length), scifact, candidates);
    }
  }

  private static void measure(int length, SciFact scifact, Map<String, List<Hit>> candidates) {
    // The ways of putting windows together share what is computed.
    var scores = CaffeineScoreCache.ofMost(1_000_000);
    try (var reranker =
        OnnxReranker.builder().maxLength(length).cache(3L << 30).scoreCache(scores).build()) {
      int tokens = length - AROUND;
      var windows =
          Windows.builder(reranker, reranker::tokenSpans).tokens(tokens).stride(tokens * 3 / 4);
      Map<String, Reranker> ways = new LinkedHashMap<>();
      ways.put("truncation", reranker);
      ways.put("max", windows.build());
      ways.put("topKMean(2)", windows.aggregate(Aggregation.topKMean(2)).build());
      ways.put("mean", windows.aggregate(Aggregation.mean()).build());
      ways.forEach((way, of) -> System.out.println(line(length, way, of, scifact, candidates)));
    }
  }

  private static String line(
      int length,
      String way,
      Reranker reranker,
      SciFact scifact,
      Map<String, List<Hit>> candidates) {
    long truncated = 0;
    Map<String, List<String>> rankings = new HashMap<>();
    for (Document query : scifact.queries()) {
      List<Hit> found = candidates.getOrDefault(query.id(), List.of());
      RerankResult result = reranker.rerank(RerankRequest.of(query.text(), found));
      truncated += result.report().truncated();
      rankings.put(query.id(), result.hits().stream().map(hit -> hit.document().id()).toList());
    }
    double quality = Metric.ndcg(10).mean(scifact.qrels(), Run.of(rankings));
    return String.format(Locale.ROOT, "%14d  %-11s  %7.4f  %13d", length, way, quality, truncated);
  }
}
