package dev.reranker.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** One request to one contestant; JMH's threads are the concurrent callers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class ScoringBenchmark {

  /** Who scores. */
  @Param public Entry entry;

  /** How long the pairs are. */
  @Param public Workload workload;

  /** Pairs a request. */
  @Param("100")
  public int candidates;

  private final Allocation allocation = new Allocation();
  private ModelFiles files;
  private boolean alone;
  private Contestant contestant;
  private Request request;

  /** Made by JMH. */
  public ScoringBenchmark() {}

  /**
   * Loads the model.
   *
   * @param params how many callers there are
   * @throws Exception if that fails
   */
  @Setup
  public void open(BenchmarkParams params) throws Exception {
    Facts.clear();
    alone = params.getThreads() == 1;
    request = workload.request(candidates);
    files = ModelFiles.unpack();
    contestant = entry.open(files, request);
    Facts.put("pairs", request.pairs());
    Facts.put("tokens", request.totalTokens());
    Facts.put("padded tokens", contestant.paddedTokens(request));
    Facts.put("gflop", request.flops() / 1e9);
  }

  /** Counts an iteration's allocation for itself. */
  @Setup(Level.Iteration)
  public void restart() {
    allocation.restart();
  }

  /**
   * Scores the request.
   *
   * @return the logits
   * @throws Exception if that fails
   */
  @Benchmark
  public float[] score() throws Exception {
    return alone ? allocation.count(this::run) : run();
  }

  private float[] run() throws Exception {
    return contestant.score(request.query(), request.passages());
  }

  /**
   * Releases the model.
   *
   * @throws Exception if that fails
   */
  @TearDown
  public void close() throws Exception {
    contestant.close();
    files.close();
  }
}
