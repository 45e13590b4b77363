package dev.reranker.examples.cli;

import dev.reranker.Pipeline;
import dev.reranker.RankedDocument;
import dev.reranker.SearchResult;
import dev.reranker.eval.RunWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Search a whole query set and write a TREC run file: qid Q0 docid rank score tag.",
      "The score of a reranked document is its raw logit."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private SearchEngine engine;

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description = "Queries: a JSONL file of {\"_id\", \"text\"}.")
  private Path queries;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where to write; appears when all queries are answered.")
  private Path out;

  @Override
  public Integer call() throws Exception {
    List<Query> questions = Query.read(queries);
    Path part = out.resolveSibling(out.getFileName() + ".part");
    // Opened before the work starts: a place that cannot be written to is known at once.
    Files.newBufferedWriter(part).close();
    try {
      answer(questions, part);
      Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return 0;
  }

  private void answer(List<Query> questions, Path file) throws IOException {
    var err = spec.commandLine().getErr();
    try (SearchEngine.Open open = engine.open(err);
        var writer = RunWriter.create(file, tag(open));
        var progress = Progress.start("searching", questions.size(), err)) {
      Pipeline pipeline = open.pipeline();
      int done = 0;
      for (Query question : questions) {
        writer.write(question.id(), hits(pipeline.search(question.text())));
        progress.at(++done);
      }
    }
  }

  private static List<RunWriter.Hit> hits(SearchResult result) {
    return result.documents().stream().map(RunCommand::hit).toList();
  }

  /** The logit tells apart what the sigmoid rounds to 1. */
  private static RunWriter.Hit hit(RankedDocument document) {
    return new RunWriter.Hit(
        document.document().id(), document.scored() ? document.logit() : document.score());
  }

  private static String tag(SearchEngine.Open open) {
    String first = open.firstStage().retriever().name();
    return open.reranker()
        .map(reranker -> first + "+" + reranker.name())
        .orElse(first)
        .replaceAll("\\s+", "-");
  }
}
