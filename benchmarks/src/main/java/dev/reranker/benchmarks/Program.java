package dev.reranker.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of its own, in a JVM of its own: what JMH has no form for. */
enum Program {

  /** {@link Soak}; what it prints is the result. */
  SOAK(Soak.class, "soak.txt"),

  /** {@link FaultSoak}; what it prints is the result. */
  FAULTS(FaultSoak.class, "faults.txt"),

  /** {@link WindowQuality}; what it prints is the result. */
  WINDOWS(WindowQuality.class, "windows.txt", "-Xmx6g"),

  /** {@link DepthQuality}; what it prints is the result. */
  DEPTH(DepthQuality.class, "depth.txt", "-Xmx2g"),

  /** {@link LoadTest}; it writes the result. */
  LOAD(LoadTest.class, "load.json") {
    @Override
    List<String> arguments(Path result) {
      return List.of(result.toString(), "60");
    }

    @Override
    String markdown(Path result) throws IOException {
      List<LoadPoint> points =
          new ObjectMapper().readValue(result.toFile(), new TypeReference<>() {});
      return LoadPoint.markdown(points);
    }
  };

  private final Class<?> main;
  private final String file;
  private final String heap;

  Program(Class<?> main, String file) {
    this(main, file, "-Xmx256m");
  }

  Program(Class<?> main, String file, String heap) {
    this.main = main;
    this.file = file;
    this.heap = heap;
  }

  /** Where it keeps its result. */
  Path result(Path home) {
    return home.resolve("results").resolve(file);
  }

  List<String> arguments(Path result) {
    return List.of();
  }

  /** The result as a part of the README. */
  String markdown(Path result) throws IOException {
    return "```\n" + Files.readString(result) + "```\n";
  }

  /** Runs it, and lets what it prints be seen. */
  void run(Path home) throws IOException, InterruptedException {
    Path result = result(home);
    Files.createDirectories(result.toAbsolutePath().getParent());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Run.JVM);
    // All of the heap is touched at the start, so that what grows is native memory.
    command.add("-XX:+AlwaysPreTouch");
    command.add(heap);
    command.add("-Dreranker.shared=" + System.getProperty("reranker.shared", ""));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments(result));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var printed = new StringBuilder();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines
          .lines()
          .forEach(
              line -> {
                System.out.println(line);
                printed.append(line).append('\n');
              });
    } finally {
      process.waitFor();
    }
    if (process.exitValue() != 0) {
      throw new IOException(main.getSimpleName() + " ended with " + process.exitValue());
    }
    if (arguments(result).isEmpty()) {
      Files.writeString(result, printed);
    }
  }
}
