package dev.reranker.lucene;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in a JVM of its own, spoken to through its standard streams. */
final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader lines;
  private final OutputStream input;

  private ChildJvm(Process process) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
    this.input = process.getOutputStream();
  }

  static ChildJvm start(Class<?> program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** The next line that it prints. */
  String read() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new AssertionError("the child process ended");
    }
    return line;
  }

  /** Lets it go on that waits for input. */
  void goOn() throws IOException {
    input.write('\n');
    input.flush();
  }

  /** Ends it at once (SIGKILL on Linux and macOS) and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
