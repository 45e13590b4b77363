package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all fusions have in common, and the weighted one. */
@Timeout(60)
class FusedRetrieverTest {

  private record Hit(String id, double score) {}

  private static Retriever fixed(String name, Hit... hits) {
    return (query, k) -> {
      var found = new ArrayList<Candidate>();
      for (Hit hit : hits) {
        found.add(Candidate.of(Document.of(hit.id(), ""), name, found.size() + 1, hit.score()));
      }
      return found.subList(0, Math.min(k, found.size()));
    };
  }

  private static Retriever failing(String name, RuntimeException failure) {
    return Retrievers.named(
        name,
        (query, k) -> {
          throw failure;
        });
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
    assertThat(Retrievers.rrf(waiting, waiting, waiting).retrieve("q", 1)).isEmpty();
  }

  @Test
  void aFailureNamesItsRetrieverAndKeepsItsKind() {
    Retriever good = fixed("good", new Hit("a", 1));
    assertThatThrownBy(
            () ->
                Retrievers.rrf(good, failing("disk", new RetrievalException("no such file")))
                    .retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessage("retriever 'disk' of 'rrf' failed: no such file")
        .cause()
        .hasMessage("no such file");
    for (RuntimeException failure :
        List.of(
            new IllegalArgumentException("too long"),
            new IllegalStateException("closed"),
            new InferenceException("NaN"))) {
      assertThatThrownBy(() -> Retrievers.rrf(good, failing("bad", failure)).retrieve("q", 1))
          .isInstanceOf(failure.getClass())
          .hasMessage("retriever 'bad' of 'rrf' failed: " + failure.getMessage())
          .hasCause(failure);
    }
    assertThatThrownBy(
            () -> Retrievers.rrf(good, failing("bad", new ArithmeticException())).retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessage("retriever 'bad' of 'rrf' failed: java.lang.ArithmeticException");
  }

  @Test
  void ofSeveralFailuresTheFirstInOrderIsNamed() {
    assertThatThrownBy(
            () ->
                Retrievers.rrf(
                        failing("one", new RetrievalException("x")),
                        failing("two", new IllegalStateException("y")))
                    .retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("retriever 'one'");
  }

  @Test
  void anInterruptIsPassedOnAndKept() {
    var never = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    Retriever endless =
        (query, k) -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return List.of();
        };
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Retrievers.rrf(endless, endless).retrieve("q", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("interrupted while 'rrf' waited");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  void weightedFusionAddsSharesOfEachList() {
    Retriever one = fixed("one", new Hit("a", 30), new Hit("b", 20), new Hit("c", 10));
    Retriever two = fixed("two", new Hit("b", 0.9), new Hit("d", 0.5));
    List<Candidate> fused =
        Retrievers.weighted(List.of(0.25, 0.75), List.of(one, two)).retrieve("q", 10);
    assertThat(fused).extracting(c -> c.document().id()).containsExactly("b", "a", "c", "d");
    assertThat(fused.get(0).score()).isCloseTo(0.25 * 0.5 + 0.75, within(1e-12));
    assertThat(fused.get(1).score()).isCloseTo(0.25, within(1e-12));
    assertThat(fused.get(2).score()).isZero();
    assertThat(fused.get(0).earlier())
        .containsExactly(new StageScore("one", 2, 20), new StageScore("two", 1, 0.9));
    assertThat(fused.get(0).current().stage()).isEqualTo("weighted");
  }

  @Test
  void equalScoresAllCountOne() {
    Retriever one = fixed("one", new Hit("b", 5), new Hit("a", 5));
    assertThat(Retrievers.weighted(List.of(2.0), List.of(one)).retrieve("q", 10))
        .extracting(c -> c.document().id() + " " + c.score())
        .containsExactly("a 2.0", "b 2.0");
  }

  @Test
  void wrongWeightsAreRefused() {
    Retriever one = fixed("one");
    assertThatThrownBy(() -> Retrievers.weighted(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weighted needs at least one retriever");
    assertThatThrownBy(() -> Retrievers.weighted(List.of(1.0, 2.0), List.of(one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 weights for 1 retrievers; give one each");
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Retrievers.weighted(List.of(wrong), List.of(one)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a weight is " + wrong + "; weights are finite and at least 0");
    }
  }
}
