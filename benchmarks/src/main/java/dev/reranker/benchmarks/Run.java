package dev.reranker.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One call of JMH.
 *
 * @param benchmark the class, or class and method
 * @param params what each parameter takes on; the benchmark's own values for those left out
 * @param threads concurrent callers
 * @param warmupSeconds how long is warmed up, at least one request
 * @param seconds how long an iteration measures, at least one request
 * @param iterations how often
 * @param jvmFlags what the JVM gets besides {@link #JVM}
 */
record Run(
    String benchmark,
    Map<String, List<String>> params,
    int threads,
    double warmupSeconds,
    double seconds,
    int iterations,
    List<String> jvmFlags) {

  /**
   * The same for all: a fixed heap, so that it plays no part in peak memory, and peers' tokenizers
   * kept off the network.
   */
  static final List<String> JVM =
      List.of(
          "-Xms256m",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED",
          "-Dai.djl.offline=true",
          "-DRUST_FLAVOR=cpu",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

  static Run of(String benchmark) {
    return new Run(benchmark, Map.of(), 1, 1, 2.5, 2, List.of());
  }

  Run with(String param, Object... values) {
    var more = new LinkedHashMap<>(params);
    more.put(param, Stream.of(values).map(Object::toString).toList());
    return new Run(benchmark, more, threads, warmupSeconds, seconds, iterations, jvmFlags);
  }

  /** Keeps of a parameter's values those that are wanted; all, where nothing is. */
  Run only(String param, List<?> wanted) {
    if (wanted.isEmpty() || !benchmark.startsWith(ScoringBenchmark.class.getSimpleName())) {
      return this;
    }
    List<String> names = wanted.stream().map(Object::toString).toList();
    return with(
        param, params.getOrDefault(param, names).stream().filter(names::contains).toArray());
  }

  Run threads(int number) {
    return new Run(benchmark, params, number, warmupSeconds, seconds, iterations, jvmFlags);
  }

  Run timed(double warmup, double measured, int times) {
    return new Run(benchmark, params, threads, warmup, measured, times, jvmFlags);
  }

  Run jvm(String... flags) {
    return new Run(benchmark, params, threads, warmupSeconds, seconds, iterations, List.of(flags));
  }

  /** A JVM of its own for each combination of parameters. */
  ChainedOptionsBuilder options() {
    return common()
        .mode(Mode.SampleTime)
        .forks(1)
        .warmupIterations(warmupSeconds > 0 ? 1 : 0)
        .warmupTime(time(warmupSeconds))
        .measurementIterations(iterations)
        .measurementTime(time(seconds))
        .timeout(TimeValue.minutes(60))
        .jvmArgs(Stream.concat(JVM.stream(), jvmFlags.stream()).distinct().toArray(String[]::new));
  }

  /** Once through, in this JVM: shows that it works and says nothing of speed. */
  ChainedOptionsBuilder smoke() {
    return common()
        .mode(Mode.SingleShotTime)
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .verbosity(VerboseMode.SILENT);
  }

  private ChainedOptionsBuilder common() {
    var options =
        new OptionsBuilder()
            .include("\\." + benchmark + "$")
            .threads(threads)
            .timeUnit(TimeUnit.MILLISECONDS)
            .addProfiler(GCProfiler.class)
            .addProfiler(FactsProfiler.class)
            .shouldFailOnError(true);
    params.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    return options;
  }

  private static TimeValue time(double seconds) {
    return TimeValue.milliseconds(Math.round(seconds * 1000));
  }
}
