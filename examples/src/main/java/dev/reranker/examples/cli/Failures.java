package dev.reranker.examples.cli;

import dev.reranker.examples.cli.output.StandardOutput;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What went wrong, on one line of standard error, and the exit code that says so. */
final class Failures {

  /** As a shell sees a program that the signal for a closed pipe has ended. */
  private static final int READER_GONE = 141;

  /** Codes and their meaning, for the help. */
  static final Map<String, String> EXIT_CODES = exitCodes();

  private Failures() {}

  private static SequencedMap<String, String> exitCodes() {
    var codes = new LinkedHashMap<String, String>();
    codes.put("0", "Done.");
    codes.put("1", "It failed; standard error says why.");
    codes.put("2", "Wrong usage.");
    codes.put("141", "The reader of standard output went away.");
    codes.put("130, 143", "Stopped, by Ctrl-C or by a signal to end.");
    return codes;
  }

  static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println(
            name + ": " + oneLine(describe(e)) + hint(e, args) + " (usage: " + name + " --help)");
    command.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** A query that begins with a hyphen looks like an option. */
  private static String hint(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    boolean looksLikeOption =
        Arrays.stream(args)
            .takeWhile(arg -> !arg.equals("--"))
            .anyMatch(arg -> arg.startsWith("-") && command.findOption(arg) == null);
    return looksLikeOption && !command.positionalParameters().isEmpty()
        ? "; if what begins with a hyphen belongs to the query, write -- before the query"
        : "";
  }

  static int report(Throwable e, CommandLine command, boolean verbose) {
    if (e instanceof StandardOutput.Failure failure && failure.readerGone()) {
      return READER_GONE;
    }
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + oneLine(describe(e)));
    if (verbose) {
      e.printStackTrace(command.getErr());
    }
    command.getErr().flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String describe(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return "out of memory (%s); the JVM may use %d MiB: give it more, for example with RERANK_JAVA_OPTS=-Xmx8g"
            .formatted(cause.getMessage(), Runtime.getRuntime().maxMemory() >> 20);
      }
    }
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
