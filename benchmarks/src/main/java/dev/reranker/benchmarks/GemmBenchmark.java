package dev.reranker.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
 * The machine's peak of matrix multiplication through ONNX Runtime: one MatMul node, on as many JMH
 * threads as cores, or on one with all cores inside the operator.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class GemmBenchmark {

  /** Rows, inner dimension, columns: the model's feed-forward layers, its attention, a cube. */
  @Param({"512x384x1536", "512x1536x384", "512x384x384", "1024x1024x1024"})
  public String shape;

  /** Threads inside the operator; 0: all cores. */
  @Param({"1", "0"})
  public int intraOp;

  private OrtSession session;

  /** Made by JMH. */
  public GemmBenchmark() {}

  private int[] dimensions() {
    return java.util.Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  /**
   * Writes and loads the graph.
   *
   * @throws Exception if that fails
   */
  @Setup
  public void open() throws Exception {
    Facts.clear();
    int[] size = dimensions();
    int cores = Runtime.getRuntime().availableProcessors();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(intraOp == 0 ? cores : intraOp);
      session =
          OrtEnvironment.getEnvironment()
              .createSession(MatMulGraph.bytes(size[0], size[1], size[2]), options);
    }
    Facts.put("gflop", 2.0 * size[0] * size[1] * size[2] / 1e9);
  }

  /** One caller's matrices. */
  @State(Scope.Thread)
  public static class Matrices {

    private OnnxTensor a;
    private OnnxTensor c;

    /** Made by JMH. */
    public Matrices() {}

    /**
     * Fills A.
     *
     * @param benchmark names the shape
     * @throws OrtException if the runtime fails
     */
    @Setup
    public void fill(GemmBenchmark benchmark) throws OrtException {
      int[] size = benchmark.dimensions();
      var random = new Random(42);
      FloatBuffer values = floats(size[0] * size[1]);
      while (values.hasRemaining()) {
        values.put(random.nextFloat() - 0.5f);
      }
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      a = OnnxTensor.createTensor(environment, values.flip(), new long[] {size[0], size[1]});
      c =
          OnnxTensor.createTensor(
              environment, floats(size[0] * size[2]), new long[] {size[0], size[2]});
    }

    private static FloatBuffer floats(int size) {
      return ByteBuffer.allocateDirect(size * Float.BYTES)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }

    /** Releases the tensors. */
    @TearDown
    public void close() {
      a.close();
      c.close();
    }
  }

  /**
   * Multiplies.
   *
   * @param matrices the caller's own
   * @return the product
   * @throws OrtException if the runtime fails
   */
  @Benchmark
  public OnnxTensor multiply(Matrices matrices) throws OrtException {
    session.run(Map.of("A", matrices.a), Set.of(), Map.of("C", matrices.c)).close();
    return matrices.c;
  }

  /**
   * Releases the graph.
   *
   * @throws OrtException if that fails
   */
  @TearDown
  public void close() throws OrtException {
    session.close();
  }
}
