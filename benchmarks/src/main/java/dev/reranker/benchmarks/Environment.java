package dev.reranker.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where and with what a piece was run. */
final class Environment {

  private static final List<String> LIBRARIES =
      List.of(
          "onnxruntime_gpu",
          "tokenizers",
          "langchain4j-onnx-scoring",
          "onnxruntime-engine",
          "lucene-core",
          "jmh-core");

  private Environment() {}

  /**
   * Collects the facts.
   *
   * @param home the module's folder
   */
  static Map<String, String> describe(Path home, String command) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put(
        "date",
        ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm"))
            + " UTC");
    facts.put("command", command);
    facts.put(
        "machine",
        "%s, %d cores, %.0f GB, %s %s"
            .formatted(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                ProcessMemory.machine().orElse(0) / 1000,
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    facts.put(
        "JDK",
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
    facts.put("JVM flags", String.join(" ", Run.JVM));
    facts.put("libraries", libraries());
    facts.put("commit", commit(home));
    return facts;
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "unknown processor");
    }
    List<String> lines = Files.readAllLines(info);
    String model = value(lines, "model name");
    String flags = " " + value(lines, "flags") + " ";
    return model
        + (flags.contains(" avx512f ") ? " (AVX-512)" : flags.contains(" avx2 ") ? " (AVX2)" : "");
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** The versions in the class path's file names: what really runs. */
  private static String libraries() {
    var found = new StringBuilder();
    String classPath = System.getProperty("java.class.path", "");
    for (String library : LIBRARIES) {
      Matcher matcher =
          Pattern.compile(Pattern.quote(File.separator + library) + "-([0-9][^/\\\\]*)\\.jar")
              .matcher(classPath);
      if (matcher.find()) {
        found
            .append(found.isEmpty() ? "" : ", ")
            .append(library)
            .append(' ')
            .append(matcher.group(1));
      }
    }
    return found.toString();
  }

  private static String commit(Path home) throws IOException {
    String commit = git(home, "rev-parse", "--short=12", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    boolean changed =
        !git(
                home,
                "status",
                "--porcelain",
                "--",
                "..",
                ":!../benchmarks/results",
                ":!../benchmarks/README.md")
            .isEmpty();
    return commit + (changed ? ", with local changes" : "");
  }

  private static String git(Path home, String... arguments) throws IOException {
    var command = new java.util.ArrayList<String>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .strip()
          .toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      return ""; // no git here
    }
  }
}
