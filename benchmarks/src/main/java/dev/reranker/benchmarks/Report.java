package dev.reranker.benchmarks;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Makes tables of results; nothing here is measured. */
final class Report {

  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private final List<Result> results;

  private Report(List<Result> results) {
    this.results = results;
  }

  /** One section: where it was run, then the tables that there is data for. */
  static String markdown(Map<String, String> environment, List<Result> results) {
    var report = new Report(results);
    var text = new StringBuilder();
    environment.forEach(
        (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    for (String part :
        List.of(
            report.gemm(),
            report.scoring(),
            report.allocation(),
            report.engine(),
            report.session(),
            report.retrieval(),
            report.formats(),
            report.scorer(),
            report.indexing())) {
      if (!part.isEmpty()) {
        text.append('\n').append(part);
      }
    }
    return text.toString();
  }

  private List<Result> of(Class<?> benchmark) {
    return results.stream().filter(result -> result.is(benchmark)).toList();
  }

  /** The best of the shapes and thread settings, in GFLOP/s. */
  private OptionalDouble peak() {
    return of(GemmBenchmark.class).stream().mapToDouble(r -> r.perSecond("gflop")).max();
  }

  private String gemm() {
    List<Result> all = of(GemmBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table = new Table("MatMul", "callers", "intra-op threads", "GFLOP/s");
    for (Result result : all) {
      table.row(
          result.param("shape"),
          Integer.toString(result.threads()),
          result.param("intraOp").equals("0") ? "all cores" : result.param("intraOp"),
          number(result.perSecond("gflop"), 1));
    }
    return table.markdown();
  }

  private String scoring() {
    var groups = new LinkedHashMap<String, List<Result>>();
    for (Result result : of(ScoringBenchmark.class)) {
      groups
          .computeIfAbsent(
              "%s, %s candidates, %d caller%s"
                  .formatted(
                      result.param("workload").toLowerCase(Locale.ROOT),
                      result.param("candidates"),
                      result.threads(),
                      result.threads() == 1 ? "" : "s"),
              key -> new ArrayList<>())
          .add(result);
    }
    var text = new StringBuilder();
    groups.forEach(
        (title, group) ->
            text.append(text.isEmpty() ? "" : "\n")
                .append("**")
                .append(title)
                .append("**\n\n")
                .append(comparison(group)));
    return text.toString();
  }

  private String comparison(List<Result> group) {
    OptionalDouble peak = peak();
    Optional<Double> peer = pairsPerSecond(group, Entry.LANGCHAIN4J);
    Optional<Double> limit = pairsPerSecond(group, Entry.RAW);
    var table =
        new Table(
            "",
            "pairs/s",
            "× LangChain4j",
            "of the limit",
            "tokens/s",
            "p50 ms",
            "p99 ms",
            "requests",
            "padding",
            "peak MB",
            "allocated KB/pair",
            "GFLOP/s",
            "of the peak",
            "prepared MB");
    for (Result result : group.stream().sorted(comparing(Report::entry)).toList()) {
      double pairs = result.perSecond("pairs");
      // Of prepared passages only the query is computed.
      double gflops = entry(result) == Entry.PREPARED ? Double.NaN : result.perSecond("gflop");
      table.row(
          entry(result).title() + rawSetting(result),
          number(pairs, 1),
          peer.map(p -> number(pairs / p, 2)).orElse(""),
          limit.map(l -> number(pairs / l, 3)).orElse(""),
          number(result.perSecond("tokens"), 0),
          number(result.percentile(0.5), 1),
          number(result.percentile(0.99), 1),
          Integer.toString(result.millis().size()),
          padding(result),
          result.fact(FactsProfiler.PEAK_MEMORY).map(mb -> number(mb, 0)).orElse(""),
          perPair(result, ALLOCATION).map(bytes -> number(bytes / 1000, 2)).orElse(""),
          number(gflops, 1),
          peak.isPresent() && !Double.isNaN(gflops)
              ? number(100 * gflops / peak.getAsDouble(), 0) + " %"
              : "",
          megabytes(result, "prepared bytes"));
    }
    return table.markdown();
  }

  private static Entry entry(Result result) {
    return Entry.valueOf(result.param("entry"));
  }

  private static String rawSetting(Result result) {
    return result
        .fact("raw budget")
        .map(
            budget ->
                " (%.0f × %.0f threads, %s)"
                    .formatted(
                        result.fact("raw callers").orElse(0.0),
                        result.fact("raw intra-op").orElse(0.0),
                        budget == 1 ? "one pair a run" : "%.0f tokens a run".formatted(budget)))
        .orElse("");
  }

  private static Optional<Double> pairsPerSecond(List<Result> group, Entry entry) {
    return group.stream()
        .filter(result -> result.param("entry").equals(entry.name()))
        .map(result -> result.perSecond("pairs"))
        .findFirst();
  }

  private static String padding(Result result) {
    return result
        .fact("padded tokens")
        .map(
            padded ->
                number(Math.max(0, 100 * (1 - result.fact("tokens").orElse(padded) / padded)), 1)
                    + " %")
        .orElse("");
  }

  /** Bytes: of whole iterations by {@link #ALLOCATION}, of the calls by {@link Allocation#FACT}. */
  private static Optional<Double> perPair(Result result, String fact) {
    return result.fact(fact).map(bytes -> bytes / result.fact("pairs").orElse(Double.NaN));
  }

  private String allocation() {
    List<Result> tokenizations = of(TokenizationBenchmark.class);
    if (tokenizations.isEmpty()) {
      return "";
    }
    var table =
        new Table(
            "allocation",
            "bytes/pair",
            "of these DJL's Encoding",
            "the rest",
            "tokenization ms a request");
    for (Result tokenization : tokenizations) {
      Optional<Double> total =
          of(ScoringBenchmark.class).stream()
              .filter(result -> result.param("entry").equals(Entry.RERANKER.name()))
              .filter(result -> result.threads() == 1)
              .filter(result -> result.param("workload").equals(tokenization.param("workload")))
              .filter(result -> result.param("candidates").equals(tokenization.param("candidates")))
              .findFirst()
              .flatMap(result -> perPair(result, Allocation.FACT));
      Optional<Double> encoding = perPair(tokenization, Allocation.FACT);
      table.row(
          tokenization.param("workload").toLowerCase(Locale.ROOT)
              + ", "
              + tokenization.param("candidates")
              + " candidates",
          total.map(bytes -> number(bytes, 0)).orElse(""),
          encoding.map(bytes -> number(bytes, 0)).orElse(""),
          total.flatMap(t -> encoding.map(e -> number(t - e, 0))).orElse(""),
          number(tokenization.mean(), 2));
    }
    return table.markdown();
  }

  private String engine() {
    List<Result> all = of(EngineBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table = new Table("engine", "threads", "batch tokens", "pairs/s", "p50 ms", "padding");
    for (Result result : all) {
      table.row(
          result.param("workload").toLowerCase(Locale.ROOT),
          result.param("threads").equals("0") ? "all cores" : result.param("threads"),
          result.param("batchTokens"),
          number(result.perSecond("pairs"), 1),
          number(result.percentile(0.5), 1),
          padding(result));
    }
    return table.markdown();
  }

  private String session() {
    List<Result> all = of(SessionBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table =
        new Table("session", "setting", "batch tokens", "pairs/s", "p50 ms", "padding", "peak MB");
    for (Result result : all) {
      table.row(
          result.param("workload").toLowerCase(Locale.ROOT),
          result.param("setting").toLowerCase(Locale.ROOT).replace('_', ' '),
          result.param("batchTokens"),
          number(result.perSecond("pairs"), 1),
          number(result.percentile(0.5), 1),
          padding(result),
          result.fact(FactsProfiler.PEAK_MEMORY).map(mb -> number(mb, 0)).orElse(""));
    }
    return table.markdown();
  }

  private String retrieval() {
    List<Result> all = of(RetrievalBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table =
        new Table("search", "documents", "k", "vector module", "p50 ms", "p99 ms", "recall@10");
    for (Result result : all) {
      boolean knn = result.benchmark().endsWith(".knn");
      table.row(
          knn ? "KNN, " + result.param("vectors").toLowerCase(Locale.ROOT) + " vectors" : "BM25",
          result.param("documents"),
          result.param("k"),
          result.vectorModule() ? "yes" : "no",
          number(result.percentile(0.5), 3),
          number(result.percentile(0.99), 3),
          result.fact("recall@10").map(recall -> number(recall, 3)).orElse(""));
    }
    return table.markdown();
  }

  private String formats() {
    List<Result> all = of(FormatBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table =
        new Table(
            "vectors",
            "documents",
            "segments",
            "recall@100",
            "p50 ms",
            "p99 ms",
            "index MB",
            "vectors and graph MB",
            "compared MB");
    for (Result result : all) {
      table.row(
          result.param("format"),
          result.param("documents"),
          result.fact("segments").map(count -> number(count, 0)).orElse(""),
          result.fact("recall@100").map(recall -> number(recall, 3)).orElse(""),
          number(result.percentile(0.5), 3),
          number(result.percentile(0.99), 3),
          megabytes(result, "index bytes"),
          megabytes(result, "vector bytes"),
          megabytes(result, "compared bytes"));
    }
    return table.markdown();
  }

  private String scorer() {
    List<Result> all = of(ScorerBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table =
        new Table(
            "scorer",
            "passages × tokens",
            "query tokens",
            "threads",
            "batch",
            "best ms",
            "p50 ms",
            "p99 ms",
            "logits off by");
    for (Result result : all) {
      table.row(
          result.param("way").equals("JAVA") ? "Java" : "ONNX Runtime",
          result.param("passages").replace("x", " × "),
          result.param("queryTokens"),
          result.param("threads"),
          result.param("batch"),
          number(result.percentile(0), 2),
          number(result.percentile(0.5), 2),
          number(result.percentile(0.99), 2),
          result.fact("off by").map(off -> number(off, 4)).orElse(""));
    }
    return table.markdown();
  }

  private String indexing() {
    List<Result> all = of(IndexingBenchmark.class);
    if (all.isEmpty()) {
      return "";
    }
    var table =
        new Table("kept of each text", "documents", "documents/s", "seconds", "index KB/document");
    for (Result result : all) {
      double documents = result.fact("documents").orElse(Double.NaN);
      table.row(
          IndexingBenchmark.Kept.valueOf(result.param("kept")).title(),
          result.param("documents"),
          number(result.perSecond("documents"), 1),
          number(result.mean() / 1000, 1),
          result.fact("index bytes").map(bytes -> number(bytes / documents / 1000, 2)).orElse(""));
    }
    return table.markdown();
  }

  private static String megabytes(Result result, String fact) {
    return result.fact(fact).map(bytes -> number(bytes / 1e6, 2)).orElse("");
  }

  private static String number(double value, int digits) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
