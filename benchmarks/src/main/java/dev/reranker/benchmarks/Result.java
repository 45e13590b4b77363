package dev.reranker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What JMH measured for one combination of parameters, over all rounds: its JSON, read back.
 *
 * @param benchmark class and method, without the package
 * @param params the parameters
 * @param threads concurrent callers
 * @param vectorModule whether the JVM had the JDK's vector module
 * @param millis every latency that was sampled, ascending
 * @param facts the other figures; the greatest of the rounds
 */
record Result(
    String benchmark,
    Map<String, String> params,
    int threads,
    boolean vectorModule,
    List<Double> millis,
    Map<String, Double> facts) {

  /** Reads JMH's array; results of the same combination become one. */
  static List<Result> read(JsonNode array) {
    var merged = new LinkedHashMap<String, Result>();
    for (JsonNode json : array) {
      Result result = of(json);
      String key =
          result.benchmark + result.params + result.threads + (result.vectorModule ? "v" : "");
      merged.merge(key, result, Result::and);
    }
    return List.copyOf(merged.values());
  }

  private static Result of(JsonNode json) {
    String name = json.path("benchmark").asText();
    var params = new LinkedHashMap<String, String>();
    json.path("params")
        .properties()
        .forEach(entry -> params.put(entry.getKey(), entry.getValue().asText()));
    var facts = new HashMap<String, Double>();
    json.path("secondaryMetrics")
        .properties()
        .forEach(
            entry ->
                facts.put(
                    entry.getKey().replace("·", ""), entry.getValue().path("score").asDouble()));
    boolean vector = false;
    for (JsonNode flag : json.path("jvmArgs")) {
      vector |= flag.asText().contains("jdk.incubator.vector");
    }
    return new Result(
        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
        params,
        json.path("threads").asInt(),
        vector,
        samples(json.path("primaryMetric")),
        facts);
  }

  /** From the histogram of sampled times, or the single shots of a smoke run. */
  private static List<Double> samples(JsonNode metric) {
    List<Double> millis = new ArrayList<>();
    for (JsonNode fork : metric.path("rawDataHistogram")) {
      for (JsonNode iteration : fork) {
        for (JsonNode bucket : iteration) {
          for (int i = 0; i < bucket.get(1).asInt(); i++) {
            millis.add(bucket.get(0).asDouble());
          }
        }
      }
    }
    for (JsonNode fork : metric.path("rawData")) {
      fork.forEach(shot -> millis.add(shot.asDouble()));
    }
    return millis.stream().sorted().toList();
  }

  private Result and(Result other) {
    List<Double> all = new ArrayList<>(millis);
    all.addAll(other.millis);
    var greatest = new HashMap<>(facts);
    other.facts.forEach((name, value) -> greatest.merge(name, value, Math::max));
    return new Result(
        benchmark, params, threads, vectorModule, all.stream().sorted().toList(), greatest);
  }

  boolean is(Class<?> type) {
    return benchmark.startsWith(type.getSimpleName() + ".");
  }

  String param(String name) {
    return params.getOrDefault(name, "");
  }

  Optional<Double> fact(String name) {
    return Optional.ofNullable(facts.get(name));
  }

  double mean() {
    return millis.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /** Nearest rank. */
  double percentile(double share) {
    int rank = (int) Math.ceil(share * millis.size());
    return millis.get(Math.max(0, rank - 1));
  }

  /** How much of a fact is done a second by all callers. */
  double perSecond(String fact) {
    return threads * fact(fact).orElse(Double.NaN) * 1000 / mean();
  }
}
