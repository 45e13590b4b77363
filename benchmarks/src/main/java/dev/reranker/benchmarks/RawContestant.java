package dev.reranker.benchmarks;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The limit: {@code session.run} alone on tensors that were packed ahead of time, at the fastest of
 * a handful of settings. Scores only the request it was made for; concurrent callers write the same
 * values to the same outputs.
 */
final class RawContestant implements Contestant {

  /** Padded tokens a batch; 1: one pair a run. */
  private static final List<Integer> BUDGETS = List.of(1, 256, 512, 1024, 2048, 8192);

  /** How many of the settings that were best on a third of the pairs are tried on all. */
  private static final int FINALISTS = 3;

  private static final int ROUNDS = 2;

  private final RawSession session;
  private final PackedRequest packed;

  private RawContestant(RawSession session, PackedRequest packed) {
    this.session = session;
    this.packed = packed;
  }

  private record Threads(int callers, int intraOp) {}

  private record Setting(Threads threads, int budget) {

    @Override
    public String toString() {
      return "%d caller(s), %d intra-op thread(s), %s"
          .formatted(
              threads.callers,
              threads.intraOp,
              budget == 1 ? "one pair a run" : "up to " + budget + " padded tokens a run");
    }
  }

  /** Finds the fastest setting for a request, and says which it is. */
  static RawContestant calibrated(Path directory, Request request) throws Exception {
    List<Encoding> pairs = PackedRequest.encode(directory, request);
    List<Encoding> third =
        IntStream.range(0, pairs.size()).filter(i -> i % 3 == 0).mapToObj(pairs::get).toList();
    var sessions = new LinkedHashMap<Threads, RawSession>();
    try {
      var settings = new ArrayList<Setting>();
      for (Threads threads : threads()) {
        sessions.put(threads, open(directory, threads));
        BUDGETS.forEach(budget -> settings.add(new Setting(threads, budget)));
      }
      List<Setting> finalists = fastestFirst(settings, sessions, third).subList(0, FINALISTS);
      Setting best = fastestFirst(finalists, sessions, pairs).get(0);
      System.out.println("raw ONNX Runtime is fastest with " + best);
      Facts.put("raw callers", best.threads.callers);
      Facts.put("raw intra-op", best.threads.intraOp);
      Facts.put("raw budget", best.budget);
      var packed = new PackedRequest(pairs, best.budget);
      return new RawContestant(Objects.requireNonNull(sessions.remove(best.threads)), packed);
    } finally {
      for (RawSession other : sessions.values()) {
        other.close();
      }
    }
  }

  private static List<Threads> threads() {
    int cores = Runtime.getRuntime().availableProcessors();
    return Stream.of(new Threads(cores, 1), new Threads(1, cores)).distinct().toList();
  }

  private static RawSession open(Path directory, Threads threads) throws OrtException {
    return new RawSession(
        ModelFiles.graph(directory),
        threads.callers,
        options -> options.setIntraOpNumThreads(threads.intraOp));
  }

  /** Orders settings by the better of some runs, after one to warm up. */
  private static List<Setting> fastestFirst(
      List<Setting> settings, Map<Threads, RawSession> sessions, List<Encoding> pairs)
      throws Exception {
    var nanos = new LinkedHashMap<Setting, Long>();
    for (Setting setting : settings) {
      RawSession session = Objects.requireNonNull(sessions.get(setting.threads));
      try (var packed = new PackedRequest(pairs, setting.budget)) {
        session.run(packed);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
          long start = System.nanoTime();
          session.run(packed);
          best = Math.min(best, System.nanoTime() - start);
        }
        nanos.put(setting, best);
      }
    }
    return nanos.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public float[] score(String query, List<String> passages) throws Exception {
    session.run(packed);
    return packed.logits();
  }

  @Override
  public long paddedTokens(Request request) {
    return packed.paddedTokens();
  }

  @Override
  public void close() throws OrtException {
    packed.close();
    session.close();
  }
}
