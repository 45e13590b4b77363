package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A JMH profiler: the most memory that the measured JVM ever had resident (VmHWM, Linux), and what
 * the benchmark noted of itself: tokens, padding, arithmetic.
 */
public final class FactsProfiler implements InternalProfiler {

  /** The name of the memory figure in the results. */
  static final String PEAK_MEMORY = "peak resident memory";

  /** Made by JMH. */
  public FactsProfiler() {}

  @Override
  public String getDescription() {
    return "peak resident memory and facts of the benchmark";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    List<ScalarResult> results = new ArrayList<>();
    Facts.all()
        .forEach(
            (name, value) -> results.add(new ScalarResult(name, value, "", AggregationPolicy.MAX)));
    ProcessMemory.peak()
        .ifPresent(
            megabytes ->
                results.add(new ScalarResult(PEAK_MEMORY, megabytes, "MB", AggregationPolicy.MAX)));
    return results;
  }
}
