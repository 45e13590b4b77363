package dev.reranker.benchmarks;

import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxReranker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** This library over its settings: threads and batch budget. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class EngineBenchmark {

  /** How long the pairs are. */
  @Param({"SHORT", "MIXED", "OUTLIER"})
  public Workload workload;

  /** Pairs a request. */
  @Param("100")
  public int candidates;

  /** Batches at the same time; 0: one a core. */
  @Param({"1", "0"})
  public int threads;

  /** Padded tokens a batch. */
  @Param({"128", "512", "1024", "4096"})
  public int batchTokens;

  private ModelFiles files;
  private OnnxReranker reranker;
  private Request request;

  /** Made by JMH. */
  public EngineBenchmark() {}

  /**
   * Loads the model.
   *
   * @throws Exception if that fails
   */
  @Setup
  public void open() throws Exception {
    Facts.clear();
    request = workload.request(candidates);
    files = ModelFiles.unpack();
    reranker =
        OnnxReranker.builder()
            .model(ModelSource.directory(files.apart()))
            .threads(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads)
            .batchTokens(batchTokens)
            .build();
    Facts.put("pairs", request.pairs());
    Facts.put("tokens", request.totalTokens());
    Facts.put(
        "padded tokens",
        reranker.rerank(request.query(), request.passages()).report().paddedTokens());
  }

  /**
   * Scores the request.
   *
   * @return the logits
   */
  @Benchmark
  public float[] score() {
    return reranker.score(request.query(), request.passages());
  }

  /** Releases the model. */
  @TearDown
  public void close() {
    reranker.close();
    files.close();
  }
}
