package dev.reranker.examples.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The {@code rerank} command. Results go to standard output, everything else to standard error.
 * Exit codes: 0 success, 1 failure, 2 wrong usage.
 */
@Command(
    name = "rerank",
    description = "Retrieve, then rerank: search with a fast first stage and a cross-encoder.",
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
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    var rerank = new Rerank();
    return new CommandLine(rerank)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Rerank::wrongUsage)
        .setExecutionExceptionHandler((e, command, parsed) -> rerank.failed(e, command));
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().printf("%s: %s (usage: %s --help)%n", name, oneLine(describe(e)), name);
    return CommandLine.ExitCode.USAGE;
  }

  private int failed(Exception e, CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().printf("%s: %s%n", name, oneLine(describe(e)));
    if (verbose) {
      e.printStackTrace(command.getErr());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String describe(Exception e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile()
          + ": "
          + switch (file) {
            case NoSuchFileException missing -> "no such file or folder";
            case AccessDeniedException denied -> "access denied";
            case NotDirectoryException notDirectory -> "not a folder";
            case FileAlreadyExistsException exists -> "exists already";
            default -> file.getClass().getSimpleName();
          };
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.toString() : message;
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
