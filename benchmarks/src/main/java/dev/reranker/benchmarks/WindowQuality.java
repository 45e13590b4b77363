package dev.reranker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.Reranker;
import dev.reranker.eval.Metric;
import dev.reranker.eval.Qrels;
import dev.reranker.eval.Run;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.passage.Aggregation;
import dev.reranker.passage.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares windows with truncation on SciFact: nDCG@10 of the best by BM25, ordered by the default
 * model's score alone, for each model length given. Wants SciFact in {@code data/scifact} of the
 * folder that the system property {@code reranker.shared} names.
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
   */
  public static void main(String[] args) throws IOException {
    Path scifact = Path.of(System.getProperty("reranker.shared", ""), "data", "scifact");
    if (!Files.isReadable(scifact.resolve("corpus.jsonl"))) {
      System.out.println("skipped: no SciFact in " + scifact + "; set -Dreranker.shared");
      return;
    }
    Qrels qrels = Qrels.read(scifact.resolve("qrels/test.tsv"));
    Map<String, List<Hit>> candidates = new HashMap<>();
    Map<String, String> queries = new HashMap<>();
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(documents(scifact.resolve("corpus.jsonl")));
      for (Document query : documents(scifact.resolve("queries.jsonl"))) {
        if (qrels.queries().contains(query.id())) {
          queries.put(query.id(), query.text());
          candidates.put(query.id(), index.bm25().retrieve(query.text(), DEPTH));
        }
      }
    }
    for (String length : args.length == 0 ? new String[] {"128", "256"} : args) {
      measure(Integer.parseInt(length), qrels, queries, candidates);
    }
  }

  private static void measure(
      int length, Qrels qrels, Map<String, String> queries, Map<String, List<Hit>> candidates) {
    try (var reranker = OnnxReranker.builder().maxLength(length).build()) {
      int tokens = length - AROUND;
      var windows =
          Windows.builder(reranker, reranker::tokenSpans).tokens(tokens).stride(tokens * 3 / 4);
      Map<String, Reranker> ways =
          Map.of(
              "truncation", reranker,
              "max", windows.build(),
              "mean", windows.aggregate(Aggregation.mean()).build(),
              "topKMean(2)", windows.aggregate(Aggregation.topKMean(2)).build());
      for (Map.Entry<String, Reranker> way : ways.entrySet()) {
        long start = System.nanoTime();
        long truncated = 0;
        Map<String, List<String>> rankings = new HashMap<>();
        for (Map.Entry<String, String> query : queries.entrySet()) {
          var result =
              way.getValue()
                  .rerank(
                      RerankRequest.of(
                          query.getValue(), candidates.getOrDefault(query.getKey(), List.of())));
          truncated += result.report().truncated();
          rankings.put(
              query.getKey(), result.hits().stream().map(hit -> hit.document().id()).toList());
        }
        System.out.printf(
            Locale.ROOT,
            "length %d, %s: nDCG@10 %.4f, %d documents cut, %.0f s%n",
            length,
            way.getKey(),
            Metric.ndcg(10).mean(qrels, Run.of(rankings)),
            truncated,
            (System.nanoTime() - start) / 1e9);
      }
    }
  }

  private static List<Document> documents(Path file) throws IOException {
    var mapper = new ObjectMapper();
    List<Document> documents = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode json = mapper.readTree(line);
      documents.add(
          Document.of(
              json.path("_id").asText(),
              (json.path("title").asText() + " " + json.path("text").asText()).strip()));
    }
    return documents;
  }
}
