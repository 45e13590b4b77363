package dev.reranker.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.StageReport.Outcome;
import dev.reranker.StageScore;
import dev.reranker.error.RerankException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every fault of a stage under every policy, from many virtual threads at once behind a time limit,
 * a breaker and retries: each search has one end, and afterwards the same pipeline works.
 */
class FaultMatrixTest {

  private static final int CALLERS = 40;

  /** What a reranker may do in place of its work. */
  enum Fault {
    THROWS {
      @Override
      RerankResult answer(RerankRequest request) {
        throw new UnsupportedOperationException("not today");
      }
    },
    CANCELS_ITSELF {
      @Override
      RerankResult answer(RerankRequest request) {
        throw new java.util.concurrent.CancellationException("a future of its own");
      }
    },
    HANGS {
      @Override
      RerankResult answer(RerankRequest request) {
        try {
          Thread.sleep(Duration.ofHours(1));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("interrupted");
      }
    },
    GIVES_NOT_A_NUMBER {
      @Override
      RerankResult answer(RerankRequest request) {
        return RerankResult.builder(request, "model").score(0, Double.NaN).build();
      }
    },
    GIVES_INFINITY_IN_A_HIT {
      @Override
      RerankResult answer(RerankRequest request) {
        Hit hit = request.candidates().getFirst();
        StageScore score = StageScore.of("model", 1, Double.POSITIVE_INFINITY);
        return RerankResult.of(List.of(hit.then(score, 0)), report(1));
      }
    },
    GIVES_NULL {
      @Override
      @SuppressWarnings("NullAway") // that is the fault
      RerankResult answer(RerankRequest request) {
        return null;
      }
    },
    GIVES_A_NULL_HIT {
      @Override
      RerankResult answer(RerankRequest request) {
        return RerankResult.of(Arrays.asList(new Hit[1]), report(1));
      }
    },
    GIVES_A_HIT_OF_NO_CANDIDATE {
      @Override
      RerankResult answer(RerankRequest request) {
        Hit stranger = Hit.of(Document.of("stranger", "text"), "elsewhere", 1, 1);
        StageScore score = StageScore.of("model", 1, 1);
        return RerankResult.of(List.of(stranger.then(score, 99)), report(1));
      }
    },
    GIVES_A_SCORE_TOO_MANY {
      @Override
      RerankResult answer(RerankRequest request) {
        var result = RerankResult.builder(request, "model");
        IntStream.rangeClosed(0, request.candidates().size()).forEach(i -> result.score(i, i));
        return result.build();
      }
    };

    abstract RerankResult answer(RerankRequest request);

    private static StageReport report(int scored) {
      return StageReport.builder("model").scored(scored, 0).build();
    }
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean broken = true;

  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private Reranker model(Fault fault) {
    return Reranker.of(
        "model",
        new Reranker() {
          @Override
          public RerankResult rerank(RerankRequest request) {
            if (broken) {
              return fault.answer(request);
            }
            var result = RerankResult.builder(request, "model");
            IntStream.range(0, request.candidates().size()).forEach(i -> result.score(i, i));
            return result.build();
          }

          @Override
          public ScoreCombiner combiner() {
            return ScoreCombiner.replace();
          }
        });
  }

  private static Retriever first() {
    return (query, k) ->
        IntStream.range(0, 5)
            .mapToObj(i -> Hit.of(Document.of("d" + i, "text"), "first", i + 1, 5 - i))
            .toList();
  }

  private List<Future<SearchResult>> searches(Pipeline pipeline) throws InterruptedException {
    var start = new CountDownLatch(1);
    List<Future<SearchResult>> searches = new ArrayList<>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        searches.add(
            callers.submit(
                () -> {
                  start.await();
                  return pipeline.search("q");
                }));
      }
      start.countDown();
    }
    return searches;
  }

  private Pipeline pipeline(Reranker reranker, FailurePolicy policy) {
    return Pipeline.builder().retrieve(first(), 5).rerank(reranker, 5).onFailure(policy).build();
  }

  private TimeLimit limit() {
    return TimeLimit.on(threads).atMost(Duration.ofMillis(200)).withGrace(Duration.ZERO);
  }

  @ParameterizedTest
  @EnumSource
  void aSearchGoesOnInFirstStageOrder(Fault fault) throws Exception {
    Pipeline pipeline = pipeline(limit().around(model(fault)), FailurePolicy.CONTINUE);
    for (Future<SearchResult> search : searches(pipeline)) {
      SearchResult result = search.get();
      assertThat(result.hits())
          .extracting(hit -> hit.document().id())
          .containsExactly("d0", "d1", "d2", "d3", "d4");
      assertThat(result.hits()).noneMatch(Hit::scored);
      assertThat(result.complete()).isFalse();
      assertThat(result.stages().getLast().outcome())
          .isEqualTo(fault == Fault.HANGS ? Outcome.DEADLINE : Outcome.FAILED);
      assertThat(result.explain()).contains("NOT COMPLETE").contains("since: ");
    }
    assertHeals(pipeline);
  }

  @ParameterizedTest
  @EnumSource
  void aSearchEndsByAnExceptionWhereThePolicySaysSo(Fault fault) throws Exception {
    Pipeline pipeline = pipeline(limit().around(model(fault)), FailurePolicy.THROW);
    for (Future<SearchResult> search : searches(pipeline)) {
      assertThatThrownBy(search::get).hasCauseInstanceOf(RerankException.class);
    }
    assertHeals(pipeline);
  }

  @ParameterizedTest
  @EnumSource
  void aBreakerAndRetriesGetOverItToo(Fault fault) throws Exception {
    CircuitBreaker breaker =
        CircuitBreaker.builder().slowCall(Duration.ofMillis(50)).window(10).build();
    Retry retry = Retry.attempts(2).withPause(Duration.ofMillis(1));
    Pipeline pipeline =
        pipeline(
            breaker.around(retry.around(limit().around(model(fault)))), FailurePolicy.CONTINUE);
    for (Future<SearchResult> search : searches(pipeline)) {
      assertThat(search.get().hits()).hasSize(5).noneMatch(Hit::scored);
    }
    if (fault != Fault.GIVES_A_HIT_OF_NO_CANDIDATE) { // that is found behind the breaker
      assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
    }
  }

  private void assertHeals(Pipeline pipeline) throws Exception {
    broken = false;
    for (Future<SearchResult> search : searches(pipeline)) {
      SearchResult result = search.get();
      assertThat(result.complete()).isTrue();
      assertThat(result.hits()).hasSize(5).allMatch(Hit::scored);
      assertThat(result.hits().getFirst().document().id()).isEqualTo("d4");
    }
  }

  @Test
  void aFusionDoesWithoutTheRetrieverThatHangs() throws Exception {
    Retriever hangs =
        Retriever.of(
            "hangs",
            (query, k, context) -> {
              if (broken) {
                Fault.HANGS.answer(RerankRequest.of(query, List.of()));
              }
              return List.of(Hit.of(Document.of("late", "text"), "hangs", 1, 1));
            });
    Fusion.Builder fusion = Fusion.builder().retriever(first()).retriever(limit().around(hangs));
    Pipeline goesOn =
        Pipeline.builder().retrieve(fusion.onFailure(FailurePolicy.CONTINUE).build(), 5).build();
    for (Future<SearchResult> search : searches(goesOn)) {
      assertThat(search.get().hits())
          .extracting(hit -> hit.document().id())
          .containsExactly("d0", "d1", "d2", "d3", "d4");
      assertThat(search.get().complete()).isFalse();
    }
    broken = false;
    for (Future<SearchResult> search : searches(goesOn)) {
      assertThat(search.get().hits()).extracting(hit -> hit.document().id()).contains("late");
      assertThat(search.get().complete()).isTrue();
    }
  }
}
