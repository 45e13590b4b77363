package dev.reranker.benchmarks;

import java.util.Map;
import java.util.TreeMap;

/**
 * Numbers that a benchmark learns while it is set up and that belong beside its result. They travel
 * as system properties of the measured JVM, from where {@link FactsProfiler} takes them.
 */
final class Facts {

  private static final String PREFIX = "reranker.benchmarks.fact.";

  private Facts() {}

  static void put(String name, double value) {
    System.setProperty(PREFIX + name, Double.toString(value));
  }

  static void put(String name, long count) {
    put(name, (double) count);
  }

  static void clear() {
    all().keySet().forEach(name -> System.clearProperty(PREFIX + name));
  }

  static Map<String, Double> all() {
    var facts = new TreeMap<String, Double>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith(PREFIX)) {
        facts.put(name.substring(PREFIX.length()), Double.valueOf(System.getProperty(name, "0")));
      }
    }
    return facts;
  }
}
