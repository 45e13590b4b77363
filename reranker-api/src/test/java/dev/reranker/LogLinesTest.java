package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import dev.reranker.resilience.Retry;
import dev.reranker.resilience.TimeLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Whose search a log line belongs to, on whichever thread it is written. */
class LogLinesTest {

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLinesTest.class);
  private static final Logger ROOT = Logger.getLogger("dev.reranker");

  /** A line, or another sign of a worker, and the trace in force. */
  private record Line(String text, @Nullable String trace) {}

  private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          note(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());

  @BeforeEach
  void begin() {
    ROOT.addHandler(handler);
    // Threads that begin later could inherit the context of a search.
    workers.prestartAllCoreThreads();
  }

  @AfterEach
  void end() {
    ROOT.removeHandler(handler);
    workers.shutdownNow();
    MDC.clear();
  }

  @Test
  void eachLineCarriesTheTraceOfItsOwnSearch() throws Exception {
    int requests = 1000;
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(fusion(logging("words"), failingEveryTenth("vectors")), 10)
            .rerank(model(), 2)
            .listener(
                new SearchListener() {
                  @Override
                  public void ended(StageReport report) {
                    report.failure().ifPresent(e -> note("heard " + e.getMessage()));
                  }
                })
            .build();
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 200; caller++) {
      int from = caller * requests / 200;
      int to = (caller + 1) * requests / 200;
      callers.add(
          Thread.ofVirtual()
              .name("caller-" + caller)
              .start(
                  () -> {
                    for (int i = from; i < to; i++) {
                      search(pipeline, i);
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }

    // Each search one line of a worker; every tenth two lines and two calls of the listener more.
    assertThat(lines).hasSize(requests + 4 * requests / 10);
    for (Line line : lines) {
      assertThat(line.trace()).as(line.text()).isEqualTo(traceOf(numberIn(line.text())));
    }
    assertThat(contextsOfWorkers()).hasSize(2).allMatch(Map::isEmpty);
  }

  @Test
  void theLineAboutALateRetrieverCarriesItToo() throws Exception {
    var time = new AtomicLong();
    var begun = new CountDownLatch(1);
    var hangs = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    Retriever hanging =
        Retriever.of(
            "vectors",
            (query, k) -> {
              assertThat(passed(begun)).isTrue();
              time.addAndGet(Duration.ofHours(1).toNanos());
              hangs.countDown();
              if (!passed(never)) {
                LOG.warn("interrupted in {}", query);
              }
              return List.of();
            });
    Retriever quick =
        Retriever.of(
            "words",
            (query, k) -> {
              begun.countDown();
              assertThat(passed(hangs)).isTrue();
              return retriever("words", hit("a", 1)).retrieve(query, k);
            });
    MDC.put("trace", "late");
    Pipeline.builder()
        .clock(time::get)
        .retrieve(fusion(quick, hanging), 10)
        .deadline(Duration.ofHours(1))
        .build()
        .search("request 1!");
    assertThat(contextsOfWorkers()).hasSize(2).allMatch(Map::isEmpty);
    assertThat(lines)
        .hasSize(2)
        .allMatch(line -> "late".equals(line.trace()))
        .anyMatch(line -> line.text().contains("deadline passed"))
        .anyMatch(line -> line.text().contains("interrupted"));
  }

  @Test
  void eachAttemptUnderATimeLimitCarriesItToo() throws Exception {
    Reranker broken =
        Reranker.of(
            "model",
            (Reranker)
                request -> {
                  LOG.info("an attempt of {}", request.query());
                  throw new InferenceException("cannot score " + request.query());
                });
    TimeLimit limit = TimeLimit.on(workers).atMost(Duration.ofHours(1));
    Retry retry = Retry.attempts(3).withPause(Duration.ZERO);
    MDC.put("trace", "again");
    Pipeline.builder()
        .retrieve(retriever("words", hit("a", 1)), 10)
        .rerank(retry.around(limit.around(broken)), 1)
        .build()
        .search("request 1!");
    MDC.clear();

    assertThat(lines)
        .extracting(Line::text)
        .containsExactly(
            "an attempt of request 1!",
            "an attempt of request 1!",
            "an attempt of request 1!",
            "reranker 'model' left the order as it was: cannot score request 1!");
    assertThat(lines).extracting(Line::trace).containsOnly("again");
    assertThat(contextsOfWorkers()).hasSize(2).allMatch(Map::isEmpty);
  }

  @Test
  void aThreadKeepsWhatItHadItself() {
    MDC.put("trace", "mine");
    Retriever inPlace =
        Fusion.builder()
            .retriever(
                Retriever.of(
                    "words",
                    (query, k) -> {
                      MDC.put("trace", "another");
                      return List.of();
                    }))
            .executor(Runnable::run)
            .build();
    inPlace.retrieve("q", 1);
    assertThat(MDC.get("trace")).isEqualTo("mine");
  }

  /** Waits for it; false if the thread is interrupted before. */
  private static boolean passed(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void note(String text) {
    lines.add(new Line(text, MDC.get("trace")));
  }

  private void search(Pipeline pipeline, int request) {
    String trace = traceOf(request);
    if (trace != null) {
      MDC.put("trace", trace);
    }
    try {
      pipeline.search("request " + request + "!");
    } finally {
      MDC.clear();
    }
  }

  /** Every other search has none. */
  private static @Nullable String traceOf(int request) {
    return request % 2 == 0 ? null : "t" + request;
  }

  /** Every tenth fails; half of those have a trace. */
  private static boolean fails(String query) {
    int rest = numberIn(query) % 20;
    return rest == 7 || rest == 14;
  }

  private static int numberIn(String text) {
    var number = Pattern.compile("request (\\d+)!").matcher(text);
    assertThat(number.find()).as(text).isTrue();
    return Integer.parseInt(number.group(1));
  }

  private static Retriever logging(String name) {
    return Retriever.of(
        name,
        (query, k) -> {
          LOG.info("asked for " + query);
          return retriever(name, hit("a", 2), hit("b", 1)).retrieve(query, k);
        });
  }

  private static Retriever failingEveryTenth(String name) {
    return Retriever.of(
        name,
        (query, k) -> {
          if (fails(query)) {
            throw new RetrievalException("cannot find " + query);
          }
          return List.of();
        });
  }

  private static Reranker model() {
    return Reranker.of(
        "model",
        (Reranker)
            request -> {
              if (fails(request.query())) {
                throw new InferenceException("cannot score " + request.query());
              }
              return RerankResult.builder(request, "model").score(0, 1, 1).score(1, 2, 2).build();
            });
  }

  private Retriever fusion(Retriever... retrievers) {
    var fusion = Fusion.builder().onFailure(FailurePolicy.CONTINUE).executor(workers);
    List.of(retrievers).forEach(fusion::retriever);
    return fusion.build();
  }

  /** What both workers have between two pieces of work. */
  private List<Map<String, String>> contextsOfWorkers() throws Exception {
    var both = new CyclicBarrier(2);
    Callable<Map<String, String>> look =
        () -> {
          both.await();
          Map<String, String> context = MDC.getCopyOfContextMap();
          return context == null ? Map.of() : context;
        };
    List<Map<String, String>> contexts = new ArrayList<>();
    for (var found : workers.invokeAll(List.of(look, look))) {
      contexts.add(found.get());
    }
    return contexts;
  }
}
