package dev.reranker.examples.cli;

import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.SearchRequest;
import dev.reranker.SearchResult;
import dev.reranker.examples.cli.input.IdRule;
import dev.reranker.examples.cli.input.Query;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "search",
    sortOptions = false,
    description = {
      "Search your own documents and rerank what is found.",
      "Prints a line for each result: rank, score, id, title or beginning, separated by tabs.",
      "A query is never syntax; before one that begins with a hyphen write --."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SearchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private SearchEngine engine;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      converter = AtLeastOne.class,
      description = "How many results to print. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Parameters(paramLabel = "QUERY", arity = "1..*", description = "What to search for.")
  private String[] query;

  @Override
  public Integer call() throws Exception {
    String text = String.join(" ", query).strip();
    if (text.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "the query is blank: give at least one word to search for");
    }
    if (top > engine.depth()) {
      throw new ParameterException(
          spec.commandLine(),
          "--top is %d, but the first stage brings only %d candidates: raise --depth"
              .formatted(top, engine.depth()));
    }
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    var asked = new Query("", text, "");
    var ifLong = new LongQueries(List.of(asked), false, err);
    try (SearchEngine.Open open = engine.open(IdRule.TABBED_LINE, ifLong, err)) {
      Pipeline pipeline = ifLong.pipeline(open, asked);
      SearchResult result = pipeline.search(SearchRequest.of(text).withTopN(top));
      for (Hit hit : result.hits()) {
        out.printf(
            Locale.ROOT,
            "%d\t%.4f\t%s\t%s%n",
            hit.rank(),
            hit.score(),
            hit.document().id(),
            Layout.beginning(hit.document(), 80));
      }
      out.flush();
      err.println(Layout.account(result));
    }
    return 0;
  }
}
