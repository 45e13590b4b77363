package dev.reranker.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MetricTest {

  private static final Offset<Double> EXACT = within(1e-12);

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  /**
   * The worked example of Wikipedia's article "Discounted cumulative gain": grades 3, 2, 3, 0, 1, 2
   * in ranked order and two documents of grade 3 and 2 that were not found; DCG 6.861, ideal DCG
   * 8.740, nDCG 0.785.
   */
  @Test
  void ndcgOfAPublishedExample() {
    Map<String, Integer> grades =
        Map.of("d1", 3, "d2", 2, "d3", 3, "d4", 0, "d5", 1, "d6", 2, "d7", 3, "d8", 2);
    assertThat(Metric.ndcg(6).of(List.of("d1", "d2", "d3", "d4", "d5", "d6"), grades))
        .isCloseTo(0.785, within(5e-4));
  }

  @Test
  void ndcgByHand() {
    // Gains 1 at rank 2 and 2 at rank 3; best: 2, 1.
    double expected = (1 / log2(3) + 2 / log2(4)) / (2 / log2(2) + 1 / log2(3));
    assertThat(Metric.ndcg(10).of(List.of("x", "a", "b"), Map.of("a", 1, "b", 2)))
        .isCloseTo(expected, EXACT);
  }

  @Test
  void ndcgCutsTheIdealToo() {
    Map<String, Integer> grades = Map.of("a", 1, "b", 1, "c", 1);
    assertThat(Metric.ndcg(2).of(List.of("c", "a", "b"), grades)).isCloseTo(1, EXACT);
    assertThat(Metric.ndcg(1).of(List.of("x", "a", "b"), grades)).isZero();
  }

  @Test
  void negativeGradesAreNotRelevant() {
    Map<String, Integer> grades = Map.of("spam", -2, "a", 1);
    assertThat(Metric.ndcg(10).of(List.of("spam", "a"), grades)).isCloseTo(1 / log2(3), EXACT);
    assertThat(Metric.recall(1).of(List.of("spam"), grades)).isZero();
    assertThat(Metric.mrr(10).of(List.of("spam", "a"), grades)).isEqualTo(0.5);
  }

  @Test
  void recallCountsAmongAllRelevantDocuments() {
    Map<String, Integer> grades = Map.of("a", 1, "b", 2, "c", 0, "d", 1);
    assertThat(Metric.recall(3).of(List.of("a", "c", "b", "d"), grades)).isCloseTo(2.0 / 3, EXACT);
    assertThat(Metric.recall(100).of(List.of("a", "c", "b", "d"), grades)).isEqualTo(1);
  }

  @Test
  void mrrLooksAtTheFirstKOnly() {
    List<String> ranking = IntStream.rangeClosed(1, 20).mapToObj(i -> "d" + i).toList();
    assertThat(Metric.mrr(10).of(ranking, Map.of("d10", 1, "d12", 1))).isEqualTo(0.1);
    assertThat(Metric.mrr(10).of(ranking, Map.of("d11", 1))).isZero();
  }

  @Test
  void theMeanIsOverAllJudgedQueries() {
    Qrels qrels = Qrels.of(Map.of("q1", Map.of("a", 1), "q2", Map.of("b", 1)));
    Run run = Run.of(Map.of("q1", List.of("a"), "unjudged", List.of("z")));
    assertThat(Metric.mrr(10).mean(qrels, run)).isEqualTo(0.5);
  }

  @Test
  void aQueryWithoutARelevantDocumentCountsZero() {
    Qrels qrels = Qrels.of(Map.of("q1", Map.of("a", 0), "q2", Map.of("b", 1)));
    Run run = Run.of(Map.of("q1", List.of("a"), "q2", List.of("b")));
    for (Metric metric : List.of(Metric.ndcg(10), Metric.recall(10), Metric.mrr(10))) {
      assertThat(metric.mean(qrels, run)).as(metric.name()).isEqualTo(0.5);
    }
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> Metric.ndcg(0)).hasMessage("nDCG@0: the cut-off is at least 1");
    assertThatThrownBy(() -> Metric.mrr(3).of(List.of("a", "a"), Map.of()))
        .hasMessage("document 'a' is ranked twice");
    assertThatThrownBy(() -> Metric.mrr(3).mean(Qrels.of(Map.of()), Run.of(Map.of())))
        .hasMessageContaining("no judgements");
  }

  @Test
  void namesCarryTheCutOff() {
    assertThat(List.of(Metric.ndcg(10), Metric.recall(100), Metric.mrr(10)))
        .extracting(Metric::name)
        .containsExactly("nDCG@10", "recall@100", "MRR@10");
  }
}
