package dev.reranker.examples.cli;

import dev.reranker.eval.Metric;
import dev.reranker.eval.Qrels;
import dev.reranker.eval.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "eval",
    description = {
      "Measure a run against judgements: nDCG@10, recall@100 and MRR@10.",
      "The mean is over all judged queries; one that the run does not answer counts 0."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EvalCommand implements Callable<Integer> {

  private static final List<Metric> METRICS =
      List.of(Metric.ndcg(10), Metric.recall(100), Metric.mrr(10));

  @Spec private CommandSpec spec;

  @Option(
      names = "--qrels",
      required = true,
      paramLabel = "FILE",
      description =
          "Judgements: BEIR's TSV (query-id corpus-id score) or TREC's four columns, plain or"
              + " compressed with gzip.")
  private Path qrels;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "FILE",
      description = "TREC run file: qid Q0 docid rank score tag, plain or compressed with gzip.")
  private Path run;

  @Override
  public Integer call() throws Exception {
    Qrels judgements = Qrels.read(qrels);
    Run answers = Run.read(run);
    if (judgements.queries().stream().noneMatch(answers.queries()::contains)) {
      throw new IllegalArgumentException(
          "%s answers none of the queries that %s judges".formatted(run, qrels));
    }
    var out = spec.commandLine().getOut();
    for (Metric metric : METRICS) {
      out.printf(Locale.ROOT, "%s\t%.4f%n", metric.name(), metric.mean(judgements, answers));
    }
    out.flush();
    return 0;
  }
}
