package dev.reranker.examples.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A main class in a JVM of its own, as a user's shell starts it. */
public final class ChildProcess {

  private final Process process;
  private final CompletableFuture<String> err;

  private ChildProcess(Process process) {
    this.process = process;
    this.err = CompletableFuture.supplyAsync(() -> readAll(process));
  }

  /**
   * Starts it.
   *
   * @param shell what the shell runs; {@code "$@"} stands for the command
   * @param options of the JVM
   */
  public static ChildProcess start(
      String shell, List<String> options, Class<?> main, String... args) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                shell,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(args));
    var builder = new ProcessBuilder(command);
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    return new ChildProcess(builder.start());
  }

  private static String readAll(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The running process. */
  public Process process() {
    return process;
  }

  /** What came on standard output, when it has ended. */
  public String out() throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What came on standard error, when it has ended. */
  public String err() {
    return err.join();
  }

  /** The exit code, when it has ended. */
  public int exit() throws InterruptedException {
    return process.waitFor();
  }
}
