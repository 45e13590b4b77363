package dev.reranker.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the benchmarks, keeps their raw results and writes the tables into the README. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures this library beside its peers; see benchmarks/README.md.")
public final class Benchmarks implements Callable<Integer> {

  private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private What what;

  @Option(
      names = "--home",
      description = "The module's folder, where results/ and README.md are; default: here.")
  private Path home = Path.of("").toAbsolutePath();

  @Option(names = "--entry", description = "Only these contestants: ${COMPLETION-CANDIDATES}.")
  private List<Entry> entries = List.of();

  @Option(names = "--workload", description = "Only these: ${COMPLETION-CANDIDATES}.")
  private List<Workload> workloads = List.of();

  @Option(names = "--candidates", description = "Only so many.")
  private List<Integer> candidates = List.of();

  /** One of these. */
  static final class What {

    @Option(
        names = "--quick",
        description = "The comparison at 100 candidates; ends within 5 minutes on 2 cores.")
    private boolean quick;

    @Option(
        names = "--full",
        arity = "0..1",
        fallbackValue = "ALL",
        paramLabel = "PIECE",
        description =
            "The whole matrix, or one piece: comparison, memory, concurrency, callers,"
                + " callers-more, long, long-more, allocation, retrieval, formats, formats-large,"
                + " roofline, settings, prepared, scorer, indexing, coalescing, windows, depth,"
                + " load, soak, faults.")
    private @Nullable String full;

    @Option(
        names = "--smoke",
        description = "Everything once, in this JVM; shows that it works, nothing of speed.")
    private boolean smoke;

    @Option(names = "--report", description = "Writes the tables anew from results/.")
    private boolean report;
  }

  private Benchmarks() {}

  /**
   * Runs the command and exits.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  static CommandLine command() {
    return new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws Exception {
    if (what.report) {
      for (Piece piece : Piece.values()) {
        report(piece);
      }
    } else if (what.smoke) {
      smoke();
    } else {
      for (Piece piece : pieces()) {
        if (piece.program().isPresent()) {
          run(piece, piece.program().get());
        } else if (filtered()) {
          System.out.println(measure(piece));
        } else {
          keep(piece, run(narrowed(piece), piece.id()));
        }
      }
    }
    return 0;
  }

  private List<Piece> pieces() {
    if (what.quick || what.full == null) {
      return List.of(Piece.QUICK);
    }
    if (what.full.equals("ALL")) {
      return Piece.full();
    }
    return Piece.full().stream()
        .filter(piece -> piece.id().equals(what.full))
        .findFirst()
        .map(List::of)
        .orElseThrow(
            () ->
                new CommandLine.ParameterException(
                    command(),
                    "there is no piece '%s'; there are %s"
                        .formatted(what.full, Piece.full().stream().map(Piece::id).toList())));
  }

  private boolean filtered() {
    return !(entries.isEmpty() && workloads.isEmpty() && candidates.isEmpty());
  }

  /** The piece's runs, of which those of no scoring stay whole. */
  private List<Run> narrowed(Piece piece) {
    return piece.runs().stream()
        .map(run -> run.only("entry", entries))
        .map(run -> run.only("workload", workloads))
        .map(run -> run.only("candidates", candidates))
        .filter(run -> run.params().values().stream().noneMatch(List::isEmpty))
        .toList();
  }

  /** A part of a piece: for trying something out, so nothing is kept. */
  private String measure(Piece piece) throws IOException, RunnerException {
    List<RunResult> results = run(narrowed(piece), piece.id());
    Path json = Files.createTempFile("reranker-benchmarks", ".json");
    try {
      write(json, results);
      return Report.markdown(Environment.describe(home, "a part of " + piece.id()), read(json));
    } finally {
      Files.delete(json);
    }
  }

  private List<RunResult> run(List<Run> runs, String title) throws RunnerException {
    var work = "-Dreranker.benchmarks.work=" + home.resolve("target/retrieval");
    var shared = "-Dreranker.shared=" + System.getProperty("reranker.shared", "");
    List<RunResult> results = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      System.out.printf("%n# %s, part %d of %d%n", title, i + 1, runs.size());
      results.addAll(new Runner(runs.get(i).options().jvmArgsAppend(work, shared).build()).run());
    }
    return results;
  }

  private void keep(Piece piece, List<RunResult> results) throws IOException {
    Files.createDirectories(home.resolve("results"));
    write(json(piece), results);
    String command =
        piece == Piece.QUICK
            ? "benchmarks/bin/benchmark --quick"
            : "benchmarks/bin/benchmark --full " + piece.id();
    mapper.writeValue(environment(piece).toFile(), Environment.describe(home, command));
    report(piece);
  }

  private Path json(Piece piece) {
    return home.resolve("results").resolve(piece.id() + ".json");
  }

  private Path environment(Piece piece) {
    return home.resolve("results").resolve(piece.id() + "-environment.json");
  }

  /** Writes JMH's own JSON, with paths of this machine made relative. */
  private void write(Path json, List<RunResult> results) throws IOException {
    var text = new ByteArrayOutputStream();
    try (var out = new PrintStream(text, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
    }
    Files.writeString(
        json,
        text.toString(StandardCharsets.UTF_8)
            .replace(String.valueOf(home.toAbsolutePath().normalize().getParent()), ".")
            .replace(System.getProperty("java.home", "java"), "$JAVA_HOME"));
  }

  private List<Result> read(Path json) throws IOException {
    return Result.read(mapper.readTree(json.toFile()));
  }

  /** Writes a piece's section of the README, if it has results. */
  private void report(Piece piece) throws IOException {
    if (!Files.exists(environment(piece))) {
      return;
    }
    Map<String, String> facts =
        mapper.readValue(environment(piece).toFile(), new TypeReference<>() {});
    String section =
        piece.program().isPresent()
            ? Report.markdown(facts, List.of())
                + "\n"
                + piece.program().get().markdown(piece.program().get().result(home))
            : Report.markdown(facts, read(json(piece)));
    System.out.println(section);
    Readme.replace(home.resolve("README.md"), piece.id(), section);
  }

  private void run(Piece piece, Program program) throws IOException, InterruptedException {
    program.run(home);
    mapper.writeValue(
        environment(piece).toFile(),
        Environment.describe(home, "benchmarks/bin/benchmark --full " + piece.id()));
    report(piece);
  }

  private void smoke() throws Exception {
    Path work = Files.createTempDirectory("reranker-benchmarks-smoke");
    String before = System.setProperty("reranker.benchmarks.work", work.toString());
    try {
      DjlContestant.startFirst();
      List<RunResult> results = new ArrayList<>();
      for (Run run : Piece.smoke()) {
        results.addAll(new Runner(run.smoke().build()).run());
      }
      write(work.resolve("smoke.json"), results);
      System.out.println(
          Report.markdown(
              Environment.describe(home, "benchmarks/bin/benchmark --smoke: nothing is timed"),
              read(work.resolve("smoke.json"))));
      Soak.run(100, System.out);
      FaultSoak.run(1000, 42, System.out);
      System.out.println(LoadPoint.markdown(LoadTest.run(0.2)));
    } finally {
      if (before == null) {
        System.clearProperty("reranker.benchmarks.work");
      } else {
        System.setProperty("reranker.benchmarks.work", before);
      }
      ModelFiles.delete(work);
    }
  }
}
