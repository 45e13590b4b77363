package dev.reranker.benchmarks;

import dev.reranker.onnx.OnnxReranker;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Scores 100,000 short pairs of mixed lengths and counts in requests of mixed sizes, and prints the
 * process's resident memory as it goes. It should rise while caches warm up and then stay.
 */
public final class Soak {

  private static final int PAIRS = 100_000;
  private static final int STEPS = 10;
  private static final int MOST_CANDIDATES = 100;
  private static final int QUERY_TOKENS = 8;

  private Soak() {}

  /**
   * Runs the program.
   *
   * @param args none
   */
  public static void main(String[] args) {
    run(PAIRS, System.out);
  }

  /** Scores so many pairs; one line a tenth. */
  static void run(int pairs, PrintStream out) {
    var random = new Random(42);
    var text = new TextGenerator(42);
    out.printf("%10s %10s %12s %12s%n", "pairs", "requests", "resident MB", "peak MB");
    try (var reranker = OnnxReranker.builder().build()) {
      int done = 0;
      int requests = 0;
      int next = 0;
      while (done < pairs) {
        if (done >= next) {
          line(out, done, requests);
          next += pairs / STEPS;
        }
        List<String> passages = new ArrayList<>();
        int candidates = Math.min(pairs - done, 1 + random.nextInt(MOST_CANDIDATES));
        for (int i = 0; i < candidates; i++) {
          passages.add(text.text(5 + random.nextInt(45)));
        }
        reranker.score(text.text(QUERY_TOKENS), passages);
        done += candidates;
        requests++;
      }
      line(out, done, requests);
    }
  }

  private static void line(PrintStream out, int pairs, int requests) {
    out.printf(
        Locale.ROOT,
        "%10d %10d %12.1f %12.1f%n",
        pairs,
        requests,
        ProcessMemory.resident().orElse(Double.NaN),
        ProcessMemory.peak().orElse(Double.NaN));
  }
}
