package dev.reranker.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A class's {@code main} in a JVM of its own, for what would take this one down: run to its end, or
 * spoken with through its standard streams.
 */
public final class ChildJvm {

  private static final int LIMIT_SECONDS = 60;

  private final Class<?> main;
  private final List<String> flags = new ArrayList<>();
  private final List<String> prefix = new ArrayList<>();
  private Optional<Map<String, String>> environment = Optional.empty();
  private Optional<Path> folder = Optional.empty();
  private String classPath = System.getProperty("java.class.path");

  private ChildJvm(Class<?> main) {
    this.main = main;
  }

  /** The program of this class. */
  public static ChildJvm of(Class<?> main) {
    return new ChildJvm(main);
  }

  /** Adds JVM options. */
  public ChildJvm flags(String... more) {
    flags.addAll(List.of(more));
    return this;
  }

  /** Starts it through another program, which gets the JVM's command as its last arguments. */
  public ChildJvm under(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** Gives it this environment and nothing of this process's. */
  public ChildJvm environment(Map<String, String> variables) {
    environment = Optional.of(variables);
    return this;
  }

  /** Its working directory. */
  public ChildJvm in(Path directory) {
    folder = Optional.of(directory);
    return this;
  }

  /** Leaves entries out of the class path whose path has this part. */
  public ChildJvm without(String part) {
    classPath =
        String.join(
            java.io.File.pathSeparator,
            List.of(classPath.split(java.io.File.pathSeparator)).stream()
                .filter(entry -> !entry.contains(part))
                .toList());
    return this;
  }

  /**
   * Runs to the end, which must be an orderly one.
   *
   * @return what it printed
   */
  public String run(String... arguments) {
    try {
      Path printed = Files.createTempFile("child", ".txt");
      try {
        var builder = process(arguments).redirectErrorStream(true).redirectOutput(printed.toFile());
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String output = Files.readString(printed);
        assertThat(ended)
            .as("%s ends within %d s; it printed:%n%s", main, LIMIT_SECONDS, output)
            .isTrue();
        assertThat(process.exitValue())
            .as("exit value of %s, which printed:%n%s", main, output)
            .isZero();
        return output;
      } finally {
        Files.delete(printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while waiting for " + main, e);
    }
  }

  /**
   * Starts it, to be spoken with; what it prints on its standard error is dropped.
   *
   * @return the running program, which the caller closes
   */
  public Running start(String... arguments) throws IOException {
    return new Running(process(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  private ProcessBuilder process(String... arguments) {
    var command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+ErrorFileToStdout"); // a crash is read in the failed test, not in a file
    command.add("-XX:-CreateCoredumpOnCrash");
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    folder.ifPresent(path -> builder.directory(path.toFile()));
    environment.ifPresent(
        variables -> {
          builder.environment().clear();
          builder.environment().putAll(variables);
        });
    return builder;
  }

  /** A program under way. */
  public static final class Running implements AutoCloseable {

    private final Process process;
    private final BufferedReader lines;
    private final OutputStream input;

    private Running(Process process) {
      this.process = process;
      this.lines = process.inputReader(StandardCharsets.UTF_8);
      this.input = process.getOutputStream();
    }

    /** The next line that it prints. */
    public String read() throws IOException {
      String line = lines.readLine();
      if (line == null) {
        throw new AssertionError("the child process ended");
      }
      return line;
    }

    /** Lets it go on that waits for input. */
    public void goOn() throws IOException {
      input.write('\n');
      input.flush();
    }

    /** Ends it at once (SIGKILL on Linux and macOS) and waits until it is gone. */
    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
