package dev.reranker.examples.cli;

import dev.reranker.examples.cli.output.StandardOutput;
import java.util.Locale;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The {@code rerank} command. Results go to standard output, everything else to standard error. The
 * {@linkplain Failures#EXIT_CODES exit codes} are in the help of each command.
 */
@Command(
    name = "rerank",
    description =
        "Retrieve, then rerank: search with a fast first stage, then order by a stronger model.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      SearchCommand.class,
      RunCommand.class,
      EvalCommand.class,
      ScoreCommand.class
    })
public final class Rerank {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean verbose;

  private Rerank() {}

  /**
   * Runs a command and ends the JVM with its exit code.
   *
   * @param args the command and its options
   */
  public static void main(String[] args) {
    // Numbers and messages are the same wherever the program runs.
    Locale.setDefault(Locale.ROOT);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(run(commandLine().setOut(StandardOutput.printer()), args));
  }

  /** Runs a command. Whatever ends it, its exit code comes back. */
  static int run(CommandLine rerank, String... args) {
    try {
      int exit = rerank.execute(args);
      rerank.getOut().flush();
      return exit;
    } catch (StandardOutput.Failure | OutOfMemoryError | StackOverflowError e) {
      return Failures.report(e, rerank, false);
    }
  }

  static CommandLine commandLine() {
    var rerank = new Rerank();
    var command =
        new CommandLine(rerank)
            // A query that begins with @ is a query, not the name of a file with options.
            .setExpandAtFiles(false)
            .setTrimQuotes(false)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionStrategy(Rerank::execute)
            .setParameterExceptionHandler(Failures::wrongUsage)
            .setExecutionExceptionHandler(
                (e, failed, parsed) -> Failures.report(e, failed, rerank.verbose));
    for (CommandLine each : command.getSubcommands().values()) {
      each.getCommandSpec()
          .usageMessage()
          .exitCodeListHeading("Exit codes:%n")
          .exitCodeList(Failures.EXIT_CODES);
    }
    return command;
  }

  /** Help, too, may not be printable, which picocli would show with a stack trace. */
  private static int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (StandardOutput.Failure e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
  }
}
