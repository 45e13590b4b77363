package dev.reranker.examples.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.StageReport;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StageMetricsTest {

  @AutoClose private final ExecutorService workers = Executors.newFixedThreadPool(2);

  private final AtomicInteger failed = new AtomicInteger();

  private final SimpleMeterRegistry registry =
      new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());

  @Test
  void metersDoNotGrowWithTheSearches() throws InterruptedException {
    Retriever both =
        Fusion.builder()
            .retriever(finding("words"))
            .retriever(finding("vectors"))
            .executor(workers)
            .build();
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(both, 10)
            .rerank(model(), 2)
            .onFailure(FailurePolicy.THROW)
            .listener(new StageMetrics(registry))
            .build();
    search(pipeline, 0, 20);
    Set<Meter.Id> few = meters();
    search(pipeline, 20, 1000);

    assertThat(meters()).isEqualTo(few).hasSizeBetween(15, 40);
    Set<String> tags =
        few.stream()
            .flatMap(meter -> meter.getTags().stream())
            .map(Tag::getValue)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(tags)
        .containsExactlyInAnyOrder(
            "words",
            "vectors",
            "rrf",
            "model",
            "complete",
            "failed",
            InferenceException.class.getName());
    assertThat(failed).hasValue(100);
    assertThat(count("reranker.scored", "model")).isEqualTo(900 * 2);
    assertThat(count("reranker.skipped", "model")).isEqualTo(100 * 2);
    assertThat(count("reranker.failures", "model")).isEqualTo(100);
    assertThat(registry.get("reranker.candidates").tag("stage", "rrf").summary().totalAmount())
        .isEqualTo(1000 * 2);
  }

  @Test
  void waitingAndRunningAreTwoTimersInSeconds() {
    var time = new AtomicLong();
    Reranker waiting =
        Reranker.of(
            "model",
            (Reranker)
                request -> {
                  time.addAndGet(Duration.ofMillis(290).toNanos());
                  return RerankResult.builder(request, "model")
                      .score(0, 1, 1)
                      .score(1, 2, 2)
                      .truncated(1)
                      .prepared(2)
                      .tokens(90, 100)
                      .waited(Duration.ofMillis(250))
                      .build();
                });
    Pipeline.builder()
        .clock(time::get)
        .retrieve(finding("words"), 10)
        .rerank(waiting, 2)
        .listener(new StageMetrics(registry))
        .build()
        .search("how do whales sleep");

    assertThat(seconds("reranker.wait")).isEqualTo(0.250);
    assertThat(seconds("reranker.run")).isEqualTo(0.040);
    assertThat(seconds("reranker.stage")).isEqualTo(0.290);
    assertThat(registry.get("reranker.wait").timer().baseTimeUnit()).isEqualTo(TimeUnit.SECONDS);
    assertThat(count("reranker.truncated", "model")).isOne();
    assertThat(count("reranker.prepared", "model")).isEqualTo(2);
    assertThat(count("reranker.tokens", "model")).isEqualTo(90);
    assertThat(count("reranker.tokens.padded", "model")).isEqualTo(100);
  }

  @Test
  void whatAFusionWentOnWithoutIsCounted() {
    StageReport gone =
        StageReport.builder("vectors").failed(new RetrievalException("no such file")).build();
    StageReport found = StageReport.builder("words").candidates(1).build();
    new StageMetrics(registry)
        .ended(StageReport.builder("rrf").candidates(1).parts(List.of(found, gone)).build());
    assertThat(
            registry
                .get("reranker.left.out")
                .tags("stage", "vectors", "exception", RetrievalException.class.getName())
                .counter()
                .count())
        .isOne();
    assertThat(registry.find("reranker.failures").counter()).isNull();
  }

  @Test
  void stagesWithoutEndShareOneName() {
    var metrics = new StageMetrics(registry);
    for (int i = 0; i < 1000; i++) {
      metrics.ended(StageReport.builder("stage of caller " + i).build());
    }
    assertThat(registry.find("reranker.stage").timers()).hasSize(51);
    assertThat(registry.get("reranker.stage").tag("stage", "other").timer().count()).isEqualTo(950);
  }

  private Set<Meter.Id> meters() {
    return registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
  }

  private double count(String meter, String stage) {
    return registry.get(meter).tag("stage", stage).counter().count();
  }

  private double seconds(String timer) {
    return registry.get(timer).tag("stage", "model").timer().totalTime(TimeUnit.SECONDS);
  }

  /** Different queries, by 200 threads with names of their own. */
  private void search(Pipeline pipeline, int from, int to) throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 200; caller++) {
      int first = from + caller;
      callers.add(
          Thread.ofVirtual()
              .name("caller-" + caller)
              .start(
                  () -> {
                    for (int i = first; i < to; i += 200) {
                      try {
                        pipeline.search("request " + i + "!");
                      } catch (InferenceException e) {
                        failed.incrementAndGet();
                      }
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
  }

  private static Retriever finding(String name) {
    return Retriever.of(
        name,
        (query, k) ->
            List.of(
                Hit.of(Document.of("a of " + query, query + " a"), name, 1, 2),
                Hit.of(Document.of("b of " + query, query + " b"), name, 2, 1)));
  }

  private static Reranker model() {
    return Reranker.of(
        "model",
        (Reranker)
            request -> {
              if (request.query().endsWith("7!")) {
                throw new InferenceException("cannot score " + request.query());
              }
              return RerankResult.builder(request, "model").score(0, 1, 1).score(1, 2, 2).build();
            });
  }
}
