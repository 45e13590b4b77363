package dev.reranker.examples.cli;

import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.SearchResult;
import dev.reranker.eval.RunWriter;
import dev.reranker.eval.ScoredDocument;
import dev.reranker.examples.cli.input.IdRule;
import dev.reranker.examples.cli.input.Query;
import dev.reranker.examples.cli.output.RunTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Search a whole query set and write a TREC run file: qid Q0 docid rank score tag.",
      "The score of a reranked document is its raw logit, less log2(rank + 1) where it is joined"
          + " with the first stage's order (--combine). A query that is too long for the"
          + " reranker keeps the order and the scores of the first stage; one that is too long for"
          + " the embedding model is searched by its words. Both are said.",
      "Answers are kept when the command is stopped or fails, in a file beside the one asked for;"
          + " the same command with --resume goes on."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private SearchEngine engine;

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description = "Queries: a JSONL file of {\"_id\", \"text\"}, plain or compressed with gzip.")
  private Path queries;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "Where to write. A file appears, or is replaced, when all queries are answered; standard"
              + " output (-), a pipe or a device is written to at once.")
  private String out;

  @Option(
      names = "--resume",
      description =
          "Go on with a run that was stopped: the same corpus, queries, models and settings.")
  private boolean resume;

  @Option(
      names = "--refuse-long-queries",
      description =
          "End with an error before searching if a query is too long for a model, instead of doing"
              + " without the model for it.")
  private boolean refuseLong;

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    RunTarget target = target();
    List<Query> questions = Query.read(queries, IdRule.RUN_FILE);
    var longOnes = new LongQueries(questions, refuseLong, err);
    try (SearchEngine.Open open = engine.open(IdRule.RUN_FILE, longOnes, err)) {
      String key = IndexCache.key(identity(open, questions));
      try (RunTarget.Begun run = target.begin(key, questions.size(), resume, err)) {
        answer(questions, longOnes, open, run);
        run.complete();
      }
    }
    longOnes.count();
    return 0;
  }

  /** Before all work, so that one that cannot be written to costs none. */
  private RunTarget target() throws IOException {
    try {
      return RunTarget.at(out, spec.commandLine().getOut(), resume);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** All that an answer depends on. */
  private static List<String> identity(SearchEngine.Open open, List<Query> questions) {
    var parts = new ArrayList<>(open.identity());
    for (Query question : questions) {
      parts.add(question.id());
      parts.add(question.text());
    }
    return parts;
  }

  private void answer(
      List<Query> questions, LongQueries longOnes, SearchEngine.Open open, RunTarget.Begun run)
      throws IOException {
    String tag = tag(open);
    PrintWriter err = spec.commandLine().getErr();
    try (var progress = Progress.start("searching", questions.size(), err)) {
      int done = 0;
      for (Query question : questions) {
        if (!run.answered().contains(question.id())) {
          SearchResult result = search(longOnes.pipeline(open, question), question);
          run.write(lines(question, result, tag, open));
        }
        progress.at(++done);
      }
    }
  }

  private static SearchResult search(Pipeline pipeline, Query question) {
    try {
      return pipeline.search(question.text());
    } catch (RuntimeException e) {
      throw new IllegalStateException(question.label() + e.getMessage(), e);
    }
  }

  private static String lines(
      Query question, SearchResult result, String tag, SearchEngine.Open open) throws IOException {
    boolean joined = open.second().filter(s -> s.kind() == CombineOption.Kind.PRIOR).isPresent();
    var lines = new StringWriter();
    RunWriter.to(lines, tag)
        .write(question.id(), result.hits().stream().map(hit -> scored(hit, joined)).toList());
    return lines.toString();
  }

  /**
   * What orders the hits: where nothing is joined, the logit, which tells apart what the sigmoid
   * rounds to 1.
   */
  private static ScoredDocument scored(Hit hit, boolean joined) {
    return new ScoredDocument(
        hit.document().id(), joined ? hit.score() : hit.raw().orElse(hit.score()));
  }

  private static String tag(SearchEngine.Open open) {
    String first = open.firstStage().retriever().name();
    return open.second()
        .map(second -> first + "+" + second.reranker().name())
        .orElse(first)
        .replaceAll("[\\s\\p{Z}\\p{Cntrl}]+", "-");
  }
}
