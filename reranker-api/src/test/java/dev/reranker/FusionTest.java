package dev.reranker;

import static dev.reranker.Fixed.failing;
import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all fusions have in common, and the one by scores. */
@Timeout(60)
class FusionTest {

  private static final Retriever GOOD = retriever("good", hit("a", 1));

  /** Never answers, but ends when it is interrupted. */
  private static Retriever hanging(CountDownLatch interrupted) {
    return Retriever.of(
        "hanging",
        (query, k) -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return List.of();
        });
  }

  private static Fusion.Builder robust() {
    return Fusion.builder().onFailure(FailurePolicy.CONTINUE);
  }

  @Test
  void retrieversAreAskedAtTheSameTime() {
    // Each waits until all three have been asked.
    var met = new CyclicBarrier(3);
    Retriever waiting =
        (query, k) -> {
          try {
            met.await();
            return List.of();
          } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
          }
        };
    assertThat(Fusion.rrf(waiting, waiting, waiting).retrieve("q", 1)).isEmpty();
  }

  @Test
  void aFailureNamesItsRetrieverAndKeepsItsKind() {
    assertThatThrownBy(
            () ->
                Fusion.rrf(GOOD, failing("disk", new RetrievalException("no such file")))
                    .retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessage("retriever 'disk' of 'rrf' failed: no such file")
        .cause()
        .hasMessage("no such file");
    for (RuntimeException failure :
        List.of(
            new IllegalArgumentException("too long"),
            new IllegalStateException("closed"),
            new InferenceException("NaN"),
            new DeadlineException("late"),
            new CancelledException("unwanted"))) {
      assertThatThrownBy(() -> Fusion.rrf(GOOD, failing("bad", failure)).retrieve("q", 1))
          .isInstanceOf(failure.getClass())
          .hasMessage("retriever 'bad' of 'rrf' failed: " + failure.getMessage())
          .hasCause(failure);
    }
    assertThatThrownBy(
            () -> Fusion.rrf(GOOD, failing("bad", new ArithmeticException())).retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessage("retriever 'bad' of 'rrf' failed: java.lang.ArithmeticException");
  }

  @Test
  void aFailureDoesNotWaitForARetrieverThatHangs() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    Retriever hangs =
        (query, k) -> {
          begun.countDown();
          return hanging(interrupted).retrieve(query, k);
        };
    Retriever fails =
        Retriever.of(
            "disk",
            (query, k) -> {
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              throw new RetrievalException("gone");
            });
    assertThatThrownBy(() -> Fusion.rrf(hangs, fails).retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("'disk'");
    interrupted.await();
  }

  @Test
  void aFailedRetrieverIsLeftOutWhereThePolicySaysSo() {
    Retriever fused =
        robust().retriever(failing("disk", new RetrievalException("gone"))).retriever(GOOD).build();
    SearchResult result = Pipeline.builder().retrieve(fused, 10).build().search("q");
    assertThat(ids(result.hits())).containsExactly("a");
    assertThat(result.complete()).isFalse();
    assertThat(result.stages().getFirst().parts())
        .extracting(part -> part.stage() + " " + part.outcome())
        .containsExactly("disk FAILED", "good COMPLETE");
  }

  @Test
  void whereAllFailTheSearchFails() {
    Retriever fused =
        robust()
            .retriever(failing("one", new RetrievalException("x")))
            .retriever(failing("two", new RetrievalException("y")))
            .build();
    assertThatThrownBy(() -> fused.retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("of 'rrf' failed");
  }

  @Test
  void noPolicyHidesTheCallersMistake() {
    for (RuntimeException mistake :
        List.of(new IllegalArgumentException("too long"), new IllegalStateException("closed"))) {
      Retriever fused = robust().retriever(GOOD).retriever(failing("bad", mistake)).build();
      assertThatThrownBy(() -> fused.retrieve("q", 1)).isInstanceOf(mistake.getClass());
    }
  }

  @Test
  void aRetrieversOwnMistakeIsAFailureLikeAnother() {
    for (RuntimeException mistake :
        List.of(
            new NumberFormatException("For input string"),
            new java.util.concurrent.CancellationException("its own pool"),
            new CancelledException("its own time-out"),
            new java.io.UncheckedIOException(new java.io.IOException("gone")))) {
      Retriever fused = robust().retriever(GOOD).retriever(failing("bad", mistake)).build();
      assertThat(ids(fused.retrieve("q", 1))).containsExactly("a");
    }
    Retriever infinite =
        (query, k) -> List.of(Hit.of(Document.of("x", ""), "mine", 1, Double.POSITIVE_INFINITY));
    assertThat(ids(robust().retriever(GOOD).retriever(infinite).build().retrieve("q", 9)))
        .containsExactly("a");
    assertThatThrownBy(() -> Fusion.rrf(GOOD, infinite).retrieve("q", 9))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("Infinity");
  }

  @Test
  void ofSeveralFailuresNoneIsLost() {
    Retriever fused =
        robust()
            .retriever(failing("one", new RetrievalException("x")))
            .retriever(failing("two", new RetrievalException("y")))
            .build();
    assertThatThrownBy(() -> fused.retrieve("q", 1))
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  void anotherNameHidesNoFailure() {
    Retriever fused =
        robust().retriever(failing("disk", new RetrievalException("gone"))).retriever(GOOD).build();
    Retriever nested = Fusion.rrf(Retriever.of("hybrid", fused), Retriever.of("again", fused));
    SearchResult result =
        Pipeline.builder().retrieve(Retriever.of("top", nested), 5).build().search("q");
    assertThat(result.complete()).isFalse();
    assertThat(result.stages().getFirst().parts())
        .extracting(part -> part.stage() + part.parts().size())
        .containsExactly("hybrid2", "again2");
  }

  @Test
  void theOrderOfVotesDoesNotMatter() {
    // As doubles, 1/61 + 1/62 + 1/67 depends on the order of adding.
    String[][] lists = {
      {"a", "b", "x", "x2", "x3", "x4", "c"},
      {"b", "c", "y", "y2", "y3", "y4", "a"},
      {"c", "a", "z", "z2", "z3", "z4", "b"}
    };
    Fusion.Builder fusion = Fusion.builder();
    for (String[] list : lists) {
      var hits = new ArrayList<Fixed.Scored>();
      for (String id : list) {
        hits.add(hit(id, -hits.size()));
      }
      fusion.retriever(retriever("one of three", hits.toArray(Fixed.Scored[]::new)));
    }
    List<Hit> fused = fusion.build().retrieve("q", 3);
    assertThat(ids(fused)).containsExactly("a", "b", "c");
    assertThat(fused).extracting(Hit::score).containsOnly(fused.getFirst().score());
    assertThat(fused).extracting(Hit::index).containsExactly(0, 1, 2);
  }

  @Test
  void listenersHearTheBeginAndTheEndOfEachRetriever() {
    var heard = java.util.Collections.synchronizedList(new ArrayList<String>());
    SearchListener listener =
        new SearchListener() {
          @Override
          public void started(String stage) {
            heard.add(stage);
          }

          @Override
          public void ended(StageReport report) {
            heard.add(report.stage() + " " + report.outcome());
          }
        };
    Retriever fused =
        Fusion.builder()
            .retriever(GOOD)
            .retriever(failing("disk", new RetrievalException("gone")))
            .executor(Runnable::run)
            .build();
    assertThatThrownBy(() -> fused.retrieve("q", 1, SearchContext.create().withListener(listener)))
        .isInstanceOf(RetrievalException.class);
    assertThat(heard).containsExactly("good", "good COMPLETE", "disk", "disk FAILED");
  }

  @Test
  void aFilterThatOneRetrieverCannotApplyIsRefused() {
    Retriever filters =
        Retriever.of(
            "filters",
            (query, k, context) ->
                context.filter().stream()
                    .map(f -> Hit.of(Document.of(f.toString(), ""), "f", 1, 1))
                    .toList());
    Retriever fused = robust().retriever(filters).retriever(GOOD).build();
    assertThatThrownBy(
            () -> fused.retrieve("q", 1, SearchContext.create().withFilter("tenant = acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'good' of 'rrf' failed: the call has a filter (java.lang.String)");
    assertThat(ids(Fusion.rrf(filters).retrieve("q", 1, SearchContext.create().withFilter("acme"))))
        .containsExactly("acme");
  }

  @Test
  void atTheDeadlineWhoHasNotAnsweredIsLeftOut() {
    var tasks = new AtomicInteger();
    // Passes when both have been begun.
    Deadline soon = Deadline.after(Duration.ofNanos(1), () -> tasks.get() / 2);
    Retriever fused =
        robust()
            .retriever(GOOD)
            .retriever(retriever("late", hit("b", 1)))
            .executor(
                task -> {
                  if (tasks.incrementAndGet() == 1) {
                    task.run(); // the second waits for a thread for ever
                  }
                })
            .build();
    SearchContext context = SearchContext.create().withDeadline(soon);
    SearchResult result =
        Pipeline.builder()
            .retrieve(fused, 5)
            .build()
            .search(SearchRequest.of("q").withContext(context));
    assertThat(ids(result.hits())).containsExactly("a");
    assertThat(result.stages().getFirst().parts())
        .extracting(part -> part.stage() + " " + part.outcome())
        .containsExactly("good COMPLETE", "late DEADLINE");
  }

  @Test
  void atTheDeadlineTheCallEnds() {
    var interrupted = new CountDownLatch(1);
    SearchContext context =
        SearchContext.create().withDeadline(Deadline.after(Duration.ofMillis(1)));
    assertThatThrownBy(() -> Fusion.rrf(hanging(interrupted)).retrieve("q", 1, context))
        .isInstanceOf(DeadlineException.class)
        .hasMessageContaining("deadline");
  }

  @Test
  void aCancelledCallEndsAtOnce() throws InterruptedException {
    SearchContext context = SearchContext.create();
    var interrupted = new CountDownLatch(1);
    Retriever cancels =
        Retriever.of(
            "cancels",
            (query, k, call) -> {
              context.cancel();
              return hanging(interrupted).retrieve(query, k);
            });
    assertThatThrownBy(() -> Fusion.rrf(cancels).retrieve("q", 1, context))
        .isInstanceOf(CancelledException.class);
    interrupted.await();
  }

  @Test
  void anInterruptIsPassedOnAndKept() {
    var interrupted = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Fusion.rrf(hanging(interrupted)).retrieve("q", 1))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("interrupted while 'rrf' waited");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anExecutorOfTheCallersRunsThem() {
    var threads = new ArrayList<Thread>();
    Retriever here =
        (query, k) -> {
          threads.add(Thread.currentThread());
          return GOOD.retrieve(query, k);
        };
    Retriever fused =
        Fusion.builder().retriever(here).retriever(here).executor(Runnable::run).build();
    assertThat(ids(fused.retrieve("q", 1))).containsExactly("a");
    assertThat(threads).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  @Test
  void anExecutorThatRefusesIsAFailureOfItsRetriever() {
    var tasks = new AtomicInteger();
    Executor oneOnly =
        task -> {
          if (tasks.incrementAndGet() % 2 == 0) {
            throw new RejectedExecutionException("full");
          }
          task.run();
        };
    assertThat(
            ids(
                robust()
                    .retriever(retriever("first", hit("b", 1)))
                    .retriever(GOOD)
                    .executor(oneOnly)
                    .build()
                    .retrieve("q", 9)))
        .containsExactly("b");
    Retriever fused =
        Fusion.builder()
            .retriever(retriever("first", hit("b", 1)))
            .retriever(GOOD)
            .executor(oneOnly)
            .build();
    assertThatThrownBy(() -> fused.retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("retriever 'good' of 'rrf' failed: the executor refuses it (full)");
  }

  @Test
  void fusionByScoreAddsSharesOfEachList() {
    List<Hit> fused =
        Fusion.builder()
            .retriever(retriever("one", hit("a", 30), hit("b", 20), hit("c", 10)), 0.25)
            .retriever(retriever("two", hit("b", 0.9), hit("d", 0.5)), 0.75)
            .byScore()
            .build()
            .retrieve("q", 10);
    assertThat(ids(fused)).containsExactly("b", "a", "c", "d");
    assertThat(fused.get(0).score()).isCloseTo(0.25 * 0.5 + 0.75, within(1e-12));
    assertThat(fused.get(1).score()).isCloseTo(0.25, within(1e-12));
    assertThat(fused.get(2).score()).isZero();
    assertThat(fused.get(0).earlier())
        .containsExactly(StageScore.of("one", 2, 20), StageScore.of("two", 1, 0.9));
    assertThat(fused.get(0).stage()).isEqualTo("weighted");
  }

  @Test
  void equalScoresAllCountOne() {
    assertThat(
            Fusion.builder()
                .retriever(retriever("one", hit("b", 5), hit("a", 5)), 2)
                .byScore()
                .build()
                .retrieve("q", 10))
        .extracting(h -> h.document().id() + " " + h.score())
        .containsExactly("a 2.0", "b 2.0");
  }

  @Test
  void theLargestScoresGiveFiniteShares() {
    Retriever extreme =
        retriever("one", hit("a", Double.MAX_VALUE), hit("b", 0), hit("c", -Double.MAX_VALUE));
    assertThat(Fusion.builder().retriever(extreme).byScore().build().retrieve("q", 10))
        .extracting(Hit::score)
        .containsExactly(1.0, 0.5, 0.0);
  }
}
