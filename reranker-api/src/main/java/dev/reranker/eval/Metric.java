package dev.reranker.eval;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A measure of how good a ranking is, as trec_eval defines it: from 0, worst, to 1, best.
 *
 * {@snippet :
 * double ndcg = Metric.ndcg(10).mean(Qrels.read(qrelsFile), Run.read(runFile));
 * }
 *
 * <p>A document without a judgement counts as not relevant (grade 0), and so does a negative grade;
 * a grade of 1 or more is relevant. Instances are immutable.
 */
public final class Metric {

  private final String name;
  private final int k;
  private final Formula formula;

  private Metric(String name, int k, Formula formula) {
    if (k < 1) {
      throw new IllegalArgumentException("%s@%d: the cut-off is at least 1".formatted(name, k));
    }
    this.name = name;
    this.k = k;
    this.formula = formula;
  }

  /** The grades of the first k documents in ranked order, and all grades of the query. */
  @FunctionalInterface
  private interface Formula {
    double of(List<Integer> ranked, List<Integer> judged);
  }

  /**
   * Normalised discounted cumulative gain: the sum over the first {@code k} ranks of grade /
   * log2(rank + 1), divided by the same sum for the best possible order of all judged documents.
   *
   * <p>The gain is the grade itself (linear), as in trec_eval's {@code ndcg_cut}, pytrec_eval and
   * BEIR; not 2<sup>grade</sup> - 1. With grades 0 and 1 both are the same. Source: Järvelin and
   * Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with the
   * discount that trec_eval applies from the first rank on.
   *
   * @param k how many ranks count, at least 1; 10 is usual
   * @return the measure, named {@code nDCG@k}
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public static Metric ndcg(int k) {
    return new Metric(
        "nDCG",
        k,
        (ranked, judged) -> {
          List<Integer> best = judged.stream().sorted(Comparator.reverseOrder()).limit(k).toList();
          double ideal = discountedGain(best);
          return ideal == 0 ? 0 : discountedGain(ranked) / ideal;
        });
  }

  private static double discountedGain(List<Integer> grades) {
    double sum = 0;
    for (int i = 0; i < grades.size(); i++) {
      sum += grades.get(i) * Math.log(2) / Math.log(i + 2);
    }
    return sum;
  }

  /**
   * Recall: the share of all relevant documents that is among the first {@code k}, trec_eval's
   * {@code recall}.
   *
   * @param k how many ranks count, at least 1; 100 is usual for a first stage
   * @return the measure, named {@code recall@k}
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public static Metric recall(int k) {
    return new Metric(
        "recall",
        k,
        (ranked, judged) -> {
          long relevant = judged.stream().filter(grade -> grade > 0).count();
          return relevant == 0
              ? 0
              : (double) ranked.stream().filter(grade -> grade > 0).count() / relevant;
        });
  }

  /**
   * Reciprocal rank: 1 / the rank of the first relevant document, 0 where none is among the first
   * {@code k}; its mean is the MRR@k of MS MARCO.
   *
   * @param k how many ranks count, at least 1; 10 is usual
   * @return the measure, named {@code MRR@k}
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public static Metric mrr(int k) {
    return new Metric(
        "MRR",
        k,
        (ranked, judged) -> {
          for (int i = 0; i < ranked.size(); i++) {
            if (ranked.get(i) > 0) {
              return 1.0 / (i + 1);
            }
          }
          return 0;
        });
  }

  /**
   * The usual name with its cut-off.
   *
   * @return for example {@code nDCG@10}
   */
  public String name() {
    return name + "@" + k;
  }

  /**
   * Measures one ranking.
   *
   * @param ranking document ids, best first
   * @param grades the judged documents of the query and their grades
   * @return from 0 to 1; 0 where no document is relevant
   * @throws IllegalArgumentException if a document is ranked twice
   */
  public double of(List<String> ranking, Map<String, Integer> grades) {
    List<String> top = ranking.subList(0, Math.min(k, ranking.size()));
    Set<String> seen = new HashSet<>();
    for (String id : top) {
      if (!seen.add(id)) {
        throw new IllegalArgumentException("document '" + id + "' is ranked twice");
      }
    }
    return formula.of(
        top.stream().map(id -> Math.max(0, grades.getOrDefault(id, 0))).toList(),
        grades.values().stream().map(grade -> Math.max(0, grade)).toList());
  }

  /**
   * The mean over all judged queries. One that the run does not answer counts 0, as with {@code
   * trec_eval -c}; a query without judgements is left out.
   *
   * @param qrels the judgements
   * @param run the rankings
   * @return from 0 to 1
   * @throws IllegalArgumentException if there are no judgements
   */
  public double mean(Qrels qrels, Run run) {
    return qrels.queries().stream()
        .mapToDouble(query -> of(run.ranking(query), qrels.grades(query)))
        .average()
        .orElseThrow(() -> new IllegalArgumentException("there are no judgements to measure with"));
  }
}
