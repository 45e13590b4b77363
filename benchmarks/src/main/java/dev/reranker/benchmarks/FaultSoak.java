package dev.reranker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchContext;
import dev.reranker.SearchRequest;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.prepared.PreparedPassage;
import dev.reranker.resilience.TimeLimit;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * 100,000 searches of several callers at once, with faults by chance: stages that throw, hang, give
 * NaN or null, deadlines from past to ample, cancelled and interrupted callers. Each must end in
 * one answer or one exception of a kind that was to be expected, resident memory must stay, and no
 * thread, file handle or buffer may be left at the end.
 */
public final class FaultSoak {

  private static final int SEARCHES = 100_000;
  private static final int CALLERS = 8;
  private static final int SAMPLES = 100;
  private static final int DOCUMENTS = 400;
  private static final int CANDIDATES = 6;
  private static final Duration HANG = Duration.ofMillis(10);

  private final List<Document> documents = new ArrayList<>();
  private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
  private final List<double[]> memory = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final int searches;
  private final long seed;
  private final PrintStream out;

  private FaultSoak(int searches, long seed, PrintStream out) {
    this.searches = searches;
    this.seed = seed;
    this.out = out;
  }

  /**
   * Runs the program.
   *
   * @param args how many searches; none: 100,000
   * @throws Exception if a search was lost or something is left, or the process cannot be read
   */
  public static void main(String[] args) throws Exception {
    run(args.length > 0 ? Integer.parseInt(args[0]) : SEARCHES, System.nanoTime(), System.out);
  }

  /**
   * Does so many searches.
   *
   * @throws IllegalStateException if one was lost, or something is left
   */
  static void run(int searches, long seed, PrintStream out) throws Exception {
    new FaultSoak(searches, seed, out).run();
  }

  private void run() throws Exception {
    out.printf("seed %d, %,d searches, %d callers%n", seed, searches, CALLERS);
    warmUp(); // what the JVM and the native libraries make once stays
    Leftovers before = Leftovers.now();
    search();
    Leftovers after = Leftovers.now();
    outcomes.forEach((outcome, count) -> out.printf("%,10d %s%n", count.sum(), outcome));
    long answered = outcomes.values().stream().mapToLong(LongAdder::sum).sum();
    out.printf("%,10d together%n", answered);
    trend();
    out.printf("before: %s%nafter:  %s%n", before, after);
    if (answered != searches) {
      throw new IllegalStateException("%d of %d searches ended".formatted(answered, searches));
    }
    after.requireNoMoreThan(before);
  }

  private void warmUp() throws Exception {
    new FaultSoak(
            Math.min(searches, 200),
            seed,
            new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .search();
  }

  private void search() throws Exception {
    try (var reranker = OnnxReranker.builder().build();
        var threads =
            new ThreadPoolExecutor(
                0, 4 * CALLERS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), FaultSoak::thread);
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, FaultSoak::thread)) {
      prepare(reranker);
      TimeLimit limit = TimeLimit.on(threads).atMost(Duration.ofSeconds(5));
      Pipeline pipeline =
          Pipeline.builder()
              .retrieve(limit.around(retriever()), CANDIDATES)
              .rerank(limit.around(new Faulty(reranker)), 3)
              .build();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        var random = new Random(seed + i);
        callers.add(Thread.ofPlatform().start(() -> calls(pipeline, random, timer)));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      threads.shutdownNow();
      timer.shutdownNow();
    }
  }

  private static Thread thread(Runnable work) {
    return new Thread(work, "soak");
  }

  private void prepare(OnnxReranker reranker) {
    var text = new TextGenerator(seed);
    var random = new Random(seed);
    for (int i = 0; i < DOCUMENTS; i++) {
      Document document = Document.of("d" + i, text.text(5 + random.nextInt(60)));
      PreparedPassage prepared = reranker.prepare(List.of(document.text())).getFirst();
      documents.add(i % 20 == 0 ? document : document.withPrepared(prepared.bytes()));
    }
  }

  private void calls(Pipeline pipeline, Random random, ScheduledExecutorService timer) {
    int number = next.incrementAndGet();
    for (; number <= searches; number = next.incrementAndGet()) {
      outcomes.computeIfAbsent(call(pipeline, random, timer), any -> new LongAdder()).increment();
      if (number % Math.max(1, searches / SAMPLES) == 0) {
        synchronized (memory) {
          memory.add(new double[] {number, ProcessMemory.resident().orElse(Double.NaN)});
        }
      }
    }
  }

  private String call(Pipeline pipeline, Random random, ScheduledExecutorService timer) {
    SearchContext context = SearchContext.create();
    SearchRequest request = SearchRequest.of("how do whales sleep " + random.nextInt(50));
    Runnable changesItsMind = () -> {};
    int chance = random.nextInt(100);
    if (chance < 20) {
      request = request.withDeadline(Duration.ofNanos(1_000L * (1 + random.nextInt(20_000))));
    } else if (chance < 22) {
      context = context.withDeadline(Deadline.after(Duration.ZERO));
    } else if (chance < 24) {
      changesItsMind = context::cancel;
    } else if (chance < 25) {
      changesItsMind = Thread.currentThread()::interrupt;
    }
    Future<?> later = timer.schedule(changesItsMind, random.nextInt(2000), TimeUnit.MICROSECONDS);
    try {
      SearchResult result = pipeline.search(request.withContext(context));
      StageReport.Outcome outcome = result.stages().getLast().outcome();
      return "answered, reranker " + outcome.name().toLowerCase(Locale.ROOT);
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName();
    } finally {
      later.cancel(false);
      Thread.interrupted();
    }
  }

  /** One of a hundred calls fails in each way. */
  private static void fault(SearchContext context) {
    switch (ThreadLocalRandom.current().nextInt(400)) {
      case 0, 1, 2, 3 -> throw new UnsupportedOperationException("a fault by chance");
      case 4 -> hang(context);
      default -> {}
    }
  }

  /** Ends by an interrupt or, so that the soak has an end, soon. */
  private static void hang(SearchContext context) {
    var cancelled = new CountDownLatch(1);
    Runnable forget = context.onCancel(cancelled::countDown);
    try {
      if (cancelled.await(HANG.toMillis(), TimeUnit.MILLISECONDS)) {
        context.checkCancelled();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      forget.run();
    }
  }

  private Retriever retriever() {
    return new Retriever() {
      @Override
      public List<Hit> retrieve(String query, int k) {
        return retrieve(query, k, SearchContext.create());
      }

      @Override
      public List<Hit> retrieve(String query, int k, SearchContext context) {
        fault(context);
        int first = ThreadLocalRandom.current().nextInt(DOCUMENTS - k);
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < k; i++) {
          hits.add(Hit.of(documents.get(first + i), "chance", i + 1, -i));
        }
        return hits;
      }

      @Override
      public String name() {
        return "chance";
      }
    };
  }

  /** A reranker with faults. */
  private record Faulty(Reranker reranker) implements Reranker {

    @Override
    @SuppressWarnings("NullAway") // that is the fault
    public RerankResult rerank(RerankRequest request) {
      fault(request.context());
      return switch (ThreadLocalRandom.current().nextInt(200)) {
        case 0 -> null;
        case 1, 2 -> {
          var result = RerankResult.builder(request, name());
          for (int i = 0; i < request.candidates().size(); i++) {
            result.score(i, Double.NaN, Double.NaN);
          }
          yield result.build();
        }
        default -> reranker.rerank(request);
      };
    }

    @Override
    public ScoreCombiner combiner() {
      return reranker.combiner();
    }

    @Override
    public String name() {
      return reranker.name();
    }
  }

  /** The line through the samples behind the first fifth, and the standard error of its slope. */
  private void trend() {
    List<double[]> points =
        memory.stream()
            .filter(point -> point[0] > searches / 5.0)
            .sorted((a, b) -> Double.compare(a[0], b[0]))
            .toList();
    int n = points.size();
    double meanX = points.stream().mapToDouble(point -> point[0]).average().orElse(0);
    double meanY = points.stream().mapToDouble(point -> point[1]).average().orElse(0);
    double xx = points.stream().mapToDouble(p -> (p[0] - meanX) * (p[0] - meanX)).sum();
    double xy = points.stream().mapToDouble(p -> (p[0] - meanX) * (p[1] - meanY)).sum();
    double slope = xy / xx;
    double rest =
        points.stream().mapToDouble(p -> Math.pow(p[1] - meanY - slope * (p[0] - meanX), 2)).sum();
    double error = Math.sqrt(rest / Math.max(1, n - 2) / xx);
    for (int i = 0; i < n; i += Math.max(1, n / 8)) {
      out.printf(
          Locale.ROOT, "%,10.0f searches: %.1f MB resident%n", points.get(i)[0], points.get(i)[1]);
    }
    out.printf(
        Locale.ROOT,
        "behind the first fifth: %+.2f MB in 100,000 searches, standard error %.2f, of %d"
            + " samples%n",
        slope * 100_000,
        error * 100_000,
        n);
  }

  /**
   * What a leak would leave.
   *
   * @param threads by their names without numbers
   * @param files open file handles; -1 where that cannot be told
   * @param buffers direct buffers
   */
  private record Leftovers(Map<String, Integer> threads, long files, long buffers) {

    static Leftovers now() throws InterruptedException, IOException {
      System.gc();
      Thread.sleep(1500); // threads that have nothing to do go home after a second
      System.gc();
      var threads = new TreeMap<String, Integer>();
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        threads.merge(thread.getName().replaceAll("[0-9]+", "#"), 1, Integer::sum);
      }
      long buffers =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(pool -> pool.getName().equals("direct"))
              .mapToLong(BufferPoolMXBean::getCount)
              .sum();
      return new Leftovers(threads, openFiles(), buffers);
    }

    private static long openFiles() throws IOException {
      Path folder = Path.of("/proc/self/fd");
      if (!Files.isDirectory(folder)) {
        return -1;
      }
      try (Stream<Path> files = Files.list(folder)) {
        return files.count();
      }
    }

    void requireNoMoreThan(Leftovers before) {
      boolean moreThreads =
          threads.entrySet().stream()
              .anyMatch(e -> e.getValue() > before.threads.getOrDefault(e.getKey(), 0));
      if (moreThreads || files > before.files || buffers > before.buffers) {
        throw new IllegalStateException("left behind: " + this + " after " + before);
      }
    }
  }
}
