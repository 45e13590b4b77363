package dev.reranker.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.onnx.OnnxReranker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Searches under load: 10 candidates of mixed lengths, whose texts are read when they are scored.
 *
 * <p>Closed loop: so many callers, each of which searches again as soon as it has its answer. Open
 * loop: searches come by chance (exponential gaps, the same ones each time) at a share of the
 * greatest rate that the closed loop reached, whether the ones before are done or not; a latency
 * counts from when the search came.
 */
public final class LoadTest {

  static final int SLICES = 10;
  private static final int CANDIDATES = 10;
  private static final int REQUESTS = 200;
  private static final Duration DEADLINE = Duration.ofMillis(300);
  private static final int[] CALLERS = {1, 2, 4, 8, 16, 32};
  private static final int[] PERCENT = {50, 75, 100, 125, 150};

  private final List<String> queries = new ArrayList<>();
  private final Map<String, List<Hit>> candidates = new HashMap<>();
  private final List<LoadPoint> points = new ArrayList<>();
  private final double seconds;

  private LoadTest(double seconds) {
    this.seconds = seconds;
    var random = new Random(42);
    var text = new TextGenerator(42);
    for (int i = 0; i < REQUESTS; i++) {
      String query = text.text(8) + " " + i;
      List<Hit> hits = new ArrayList<>();
      for (int j = 0; j < CANDIDATES; j++) {
        String passage = text.text(Workload.MIXED.tokens(j, random) - 11);
        hits.add(Hit.of(Document.of("%d-%d".formatted(i, j), passage), "first", j + 1, -j));
      }
      queries.add(query);
      candidates.put(query, List.copyOf(hits));
    }
  }

  /**
   * Runs all loads and writes what came of them.
   *
   * @param args the file to write, and how many seconds each load lasts
   * @throws Exception if the file cannot be written
   */
  public static void main(String[] args) throws Exception {
    List<LoadPoint> points = run(Double.parseDouble(args[1]));
    new ObjectMapper().writeValue(Path.of(args[0]).toFile(), points);
  }

  /** Runs all loads, each for so long. */
  static List<LoadPoint> run(double seconds) throws InterruptedException {
    var test = new LoadTest(seconds);
    double most = test.with(true);
    test.with(false);
    System.out.printf("the closed loop reached %.1f searches/s%n", most);
    return List.copyOf(test.points);
  }

  /** The loads with or without shared batches; returns the greatest rate without a deadline. */
  private double with(boolean share) throws InterruptedException {
    double most = 0;
    try (var reranker = OnnxReranker.builder().shareBatches(share).build()) {
      Pipeline free = pipeline(reranker).build();
      Pipeline limited = pipeline(reranker).deadline(DEADLINE).build();
      closed("warm-up", free, 4, share, 0, Math.min(10, seconds));
      points.removeLast();
      for (int callers : CALLERS) {
        String load = "closed, %d caller%s".formatted(callers, callers == 1 ? "" : "s");
        most = Math.max(most, closed(load, free, callers, share, 0, seconds));
        if (share) {
          closed(load, limited, callers, share, DEADLINE.toMillis(), seconds);
        }
      }
      for (int percent : PERCENT) {
        if (share) {
          open(percent, most, free, 0);
          open(percent, most, limited, DEADLINE.toMillis());
        }
      }
    }
    return most;
  }

  private Pipeline.Builder pipeline(OnnxReranker reranker) {
    return Pipeline.builder()
        .retrieve((query, k) -> candidates.getOrDefault(query, List.of()), CANDIDATES)
        .rerank(reranker, CANDIDATES);
  }

  /** Searches and what they came to. */
  private final class Searches {

    private final Pipeline pipeline;
    private final Latencies.Recorder recorder;
    private final LongAdder next = new LongAdder();
    private final LongAdder asked = new LongAdder();
    private final LongAdder scored = new LongAdder();
    private final LongAdder whole = new LongAdder();
    private final LongAdder failed = new LongAdder();

    Searches(Pipeline pipeline, long start, double seconds) {
      this.pipeline = pipeline;
      this.recorder = new Latencies.Recorder(start, (long) (seconds * 1e9 / SLICES), SLICES);
    }

    void search(long intended) {
      next.increment();
      asked.add(CANDIDATES);
      try {
        SearchResult result = pipeline.search(queries.get((int) (next.sum() % REQUESTS)));
        StageReport report = result.stages().getLast();
        scored.add(report.scored());
        if (report.scored() == CANDIDATES) {
          whole.increment();
        }
      } catch (RuntimeException e) {
        failed.increment();
      }
      recorder.note(intended, System.nanoTime());
    }

    LoadPoint point(String load, boolean share, long deadlineMillis) {
      Latencies latencies = recorder.latencies();
      var point =
          new LoadPoint(
              load,
              share,
              deadlineMillis,
              latencies.seconds(),
              latencies.slices(),
              asked.sum(),
              scored.sum(),
              whole.sum(),
              failed.sum());
      System.out.print(LoadPoint.markdown(List.of(point)).lines().toList().getLast() + "\n");
      points.add(point);
      return point;
    }
  }

  /** Returns how many searches a second were done. */
  private double closed(
      String load, Pipeline pipeline, int callers, boolean share, long deadline, double time)
      throws InterruptedException {
    long start = System.nanoTime();
    long end = start + (long) (time * 1e9);
    var searches = new Searches(pipeline, start, time);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                      searches.search(now);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - start) / 1e9;
    return searches.point(load, share, deadline).latencies().count() / took;
  }

  private void open(int percent, double most, Pipeline pipeline, long deadline) {
    double rate = most * percent / 100;
    var random = new Random(percent);
    LongSupplier gap = () -> (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    var searches = new Searches(pipeline, start, seconds);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long at = start + gap.getAsLong(); at < end; at += gap.getAsLong()) {
        long intended = at;
        for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        callers.execute(() -> searches.search(intended));
      }
    } // waits for those that are still under way
    searches.point("open, %d %% (%.1f/s)".formatted(percent, rate), true, deadline);
  }
}
