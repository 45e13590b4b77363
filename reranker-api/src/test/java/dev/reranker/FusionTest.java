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
    return Fusion.builder().onFailure(FailurePolicy.GO_ON);
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
        List.of(
            new IllegalArgumentException("too long"),
            new IllegalStateException("closed"),
            new CancelledException("unwanted"))) {
      Retriever fused = robust().retriever(GOOD).retriever(failing("bad", mistake)).build();
      assertThatThrownBy(() -> fused.retrieve("q", 1)).isInstanceOf(mistake.getClass());
    }
  }

  @Test
  void aFilterThatOneRetrieverCannotApplyIsRefused() {
    Retriever filters = Retriever.of("filters", (query, k, context) -> List.of());
    Retriever fused = robust().retriever(filters).retriever(GOOD).build();
    assertThatThrownBy(
            () -> fused.retrieve("q", 1, SearchContext.create().withFilter("tenant = acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'good' of 'rrf' failed: the call has a filter (java.lang.String)");
    assertThat(Fusion.rrf(filters).retrieve("q", 1, SearchContext.create().withFilter("acme")))
        .isEmpty();
  }

  @Test
  void atTheDeadlineWhoHasNotAnsweredIsLeftOut() {
    Deadline soon = Deadline.after(Duration.ofNanos(1), () -> 0);
    var tasks = new AtomicInteger();
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
        SearchContext.create().withDeadline(Deadline.after(Duration.ofNanos(1), () -> 0));
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
  void anExecutorThatRefusesIsNamed() {
    Retriever fused =
        Fusion.builder()
            .retriever(GOOD)
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    assertThatThrownBy(() -> fused.retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the executor of 'rrf' refuses retriever 'good' (full)");
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
