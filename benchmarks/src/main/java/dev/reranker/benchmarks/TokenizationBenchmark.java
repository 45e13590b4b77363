package dev.reranker.benchmarks;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.util.Map;
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

/**
 * DJL's tokenizer alone, called as the engine calls it, on the texts of one request: what its
 * {@code Encoding} takes of the time and of the allocation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class TokenizationBenchmark {

  /** How long the pairs are. */
  @Param public Workload workload;

  /** Pairs a request. */
  @Param("100")
  public int candidates;

  private final Allocation allocation = new Allocation();
  private HuggingFaceTokenizer tokenizer;
  private Request request;

  /** Made by JMH. */
  public TokenizationBenchmark() {}

  /**
   * Loads the tokenizer.
   *
   * @throws Exception if that fails
   */
  @Setup
  public void open() throws Exception {
    Facts.clear();
    request = workload.request(candidates);
    try (var files = ModelFiles.unpack()) {
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              ModelFiles.tokenizer(files.plain()),
              Map.of("truncation", "false", "padding", "false"));
    }
    Facts.put("pairs", request.pairs());
    Facts.put("tokens", request.totalTokens());
  }

  /** Counts an iteration's allocation for itself. */
  @Setup(Level.Iteration)
  public void restart() {
    allocation.restart();
  }

  /**
   * Encodes the query and each passage once.
   *
   * @return the number of tokens
   * @throws Exception if that fails
   */
  @Benchmark
  public long tokenize() throws Exception {
    return allocation.count(this::run);
  }

  private long run() {
    long tokens = tokenizer.encode(request.query(), false, false).getIds().length;
    for (String passage : request.passages()) {
      tokens += tokenizer.encode(passage, false, false).getIds().length;
    }
    return tokens;
  }

  /** Releases the tokenizer. */
  @TearDown
  public void close() {
    tokenizer.close();
  }
}
