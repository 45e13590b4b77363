package dev.reranker.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
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

/**
 * ONNX Runtime alone over its session options, on tensors packed ahead of time: why the engine sets
 * what it sets.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class SessionBenchmark {

  /** How a session is set up. All but the first and the last two differ from it in one thing. */
  public enum Setting {
    /** As the engine does: a run has one thread, as many runs as cores, no memory patterns. */
    ENGINE,
    /** With memory patterns, which are kept for each shape. */
    MEMORY_PATTERNS,
    /** Without the arena. */
    NO_ARENA,
    /** Optimised up to basic rewriting. */
    OPTIMISATION_BASIC,
    /** Not optimised, weights not unfolded ahead of time. */
    OPTIMISATION_NONE,
    /** One run at a time, with all cores; idle threads wait in a loop. */
    INTRA_OP_CORES,
    /** The same, but idle threads sleep. */
    INTRA_OP_CORES_NO_SPINNING;

    boolean oneCaller() {
      return this == INTRA_OP_CORES || this == INTRA_OP_CORES_NO_SPINNING;
    }

    void apply(SessionOptions options, int cores) throws OrtException {
      options.setIntraOpNumThreads(oneCaller() ? cores : 1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", this == INTRA_OP_CORES ? "1" : "0");
      options.setMemoryPatternOptimization(this == MEMORY_PATTERNS);
      options.setCPUArenaAllocator(this != NO_ARENA);
      options.setOptimizationLevel(
          switch (this) {
            case OPTIMISATION_BASIC -> OptLevel.BASIC_OPT;
            case OPTIMISATION_NONE -> OptLevel.NO_OPT;
            default -> OptLevel.ALL_OPT;
          });
    }
  }

  /** How long the pairs are. */
  @Param({"SHORT", "MIXED"})
  public Workload workload;

  /** Pairs a request. */
  @Param("100")
  public int candidates;

  /** How the session is set up. */
  @Param public Setting setting;

  /** Padded tokens a batch. */
  @Param({"512", "2048"})
  public int batchTokens;

  private ModelFiles files;
  private RawSession session;
  private PackedRequest packed;

  /** Made by JMH. */
  public SessionBenchmark() {}

  /**
   * Loads the model and packs the request.
   *
   * @throws Exception if that fails
   */
  @Setup
  public void open() throws Exception {
    Facts.clear();
    int cores = Runtime.getRuntime().availableProcessors();
    Request request = workload.request(candidates);
    files = ModelFiles.unpack();
    session =
        new RawSession(
            ModelFiles.graph(files.plain()),
            setting.oneCaller() ? 1 : cores,
            options -> setting.apply(options, cores));
    packed = new PackedRequest(PackedRequest.encode(files.plain(), request), batchTokens);
    Facts.put("pairs", request.pairs());
    Facts.put("tokens", request.totalTokens());
    Facts.put("padded tokens", packed.paddedTokens());
  }

  /**
   * Runs the request's batches.
   *
   * @return the logits
   * @throws Exception if that fails
   */
  @Benchmark
  public float[] run() throws Exception {
    session.run(packed);
    return packed.logits();
  }

  /**
   * Releases the model.
   *
   * @throws Exception if that fails
   */
  @TearDown
  public void close() throws Exception {
    packed.close();
    session.close();
    files.close();
  }
}
