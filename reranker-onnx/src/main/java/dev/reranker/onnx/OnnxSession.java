package dev.reranker.onnx;

import static dev.reranker.onnx.BatchBuffers.IDS;
import static dev.reranker.onnx.BatchBuffers.MASK;
import static dev.reranker.onnx.BatchBuffers.TYPES;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.onnx.ModelSource.ModelFile;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ONNX Runtime session with one thread of its own a run, so that several threads can run it
 * side by side on shared weights. Rows go in through reused direct buffers, and results come out in
 * buffers of ours, so nothing of a batch's size is allocated.
 */
final class OnnxSession implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OnnxSession.class);

  private final String name;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ExecutionProvider provider;
  private final boolean types;
  private final Queue<BatchBuffers> idle = new ConcurrentLinkedQueue<>();

  /** What the graph gives for each row; set once by the probe that {@link #open} runs. */
  private Output output;

  /**
   * A graph's output.
   *
   * @param name its name
   * @param rowShape the shape behind the first dimension, for rows of the probe's length
   * @param perToken the second dimension is the row's length
   */
  record Output(String name, long[] rowShape, boolean perToken) {

    long[] shape(int rows, int length) {
      long[] shape = new long[rowShape.length + 1];
      shape[0] = rows;
      System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
      if (perToken) {
        shape[1] = length;
      }
      return shape;
    }

    /** Floats a row of the probe's length, or a token where the output is per token. */
    int width() {
      return (int) Arrays.stream(rowShape).skip(perToken ? 1 : 0).reduce(1, (a, b) -> a * b);
    }
  }

  /** Takes what a batch gave. */
  @FunctionalInterface
  interface Sink {
    /**
     * Called on a worker thread; the buffer, from its position 0, is only valid inside the call.
     */
    void accept(Batch batch, FloatBuffer values);
  }

  private OnnxSession(
      String name, OrtEnvironment environment, OrtSession session, ExecutionProvider provider)
      throws OrtException {
    this.name = name;
    this.environment = environment;
    this.session = session;
    this.provider = provider;
    this.types = checkInputs();
    this.output = new Output("", new long[0], false);
  }

  /**
   * Loads a graph and runs a probe through it, to learn the shape of what it gives.
   *
   * @param outputs names of outputs, the preferred first; a graph with only one may call it
   *     anything
   */
  static OnnxSession open(
      String name,
      ModelFile graph,
      List<ExecutionProvider> providers,
      List<String> outputs,
      TokenTemplate template) {
    OrtEnvironment environment = OrtRuntime.environment();
    ModelLoadException failure = null;
    for (ExecutionProvider provider : providers) {
      try {
        OrtSession session = create(environment, graph, provider);
        try {
          var opened = new OnnxSession(name, environment, session, provider);
          opened.output = opened.probe(outputs, template);
          return opened;
        } catch (OrtException | RuntimeException | Error e) {
          closeQuietly(session, e);
          throw e;
        }
      } catch (OrtException e) {
        var next = new ModelLoadException(describe(graph, provider, e), e);
        if (failure != null) {
          next.addSuppressed(failure);
        }
        failure = next;
        if (providers.size() > 1) {
          log.warn("{}: {}", name, failure.getMessage());
        }
      }
    }
    throw failure == null ? new ModelLoadException("no execution provider was given") : failure;
  }

  private static OrtSession create(
      OrtEnvironment environment, ModelFile graph, ExecutionProvider provider) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      // Patterns are kept for every shape ever seen, and batches have many.
      options.setMemoryPatternOptimization(false);
      if (provider instanceof ExecutionProvider.Cuda cuda) {
        addCuda(options, cuda);
      }
      return graph.path().isPresent()
          ? environment.createSession(graph.path().get().toString(), options)
          : environment.createSession(graph.read(), options);
    }
  }

  private static void addCuda(OrtSession.SessionOptions options, ExecutionProvider.Cuda cuda)
      throws OrtException {
    try (var settings = new OrtCUDAProviderOptions(cuda.device())) {
      if (cuda.memoryLimit().isPresent()) {
        settings.add("gpu_mem_limit", Long.toString(cuda.memoryLimit().getAsLong()));
      }
      options.addCUDA(settings);
    }
  }

  private static String describe(ModelFile graph, ExecutionProvider provider, OrtException e) {
    if (provider instanceof ExecutionProvider.Cuda) {
      return "%s cannot run on %s (%s): it needs an NVIDIA GPU, its driver, CUDA 12 and cuDNN 9, and the artifact onnxruntime_gpu; or give the CPU as a fallback"
          .formatted(graph.name(), provider, e.getMessage());
    }
    return "%s is not a model that ONNX Runtime can run (%s): the file may be cut short or damaged; get it again"
        .formatted(graph.name(), e.getMessage());
  }

  /** Checks that every input can be fed; returns whether type ids are wanted. */
  private boolean checkInputs() throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    for (NodeInfo input : inputs.values()) {
      if (!Set.of(IDS, MASK, TYPES).contains(input.getName())) {
        throw new ModelLoadException(
            "'%s' asks for an input '%s'; %s, %s and %s are fed"
                .formatted(name, input.getName(), IDS, MASK, TYPES));
      }
      if (!(input.getInfo() instanceof TensorInfo info)
          || info.type != OnnxJavaType.INT64
          || !Arrays.equals(info.getShape(), new long[] {-1, -1})) {
        throw new ModelLoadException(
            "'%s' wants its input '%s' as %s; int64 [batch, sequence] with both free is fed: export the model with dynamic axes"
                .formatted(name, input.getName(), input.getInfo()));
      }
    }
    if (!inputs.keySet().containsAll(Set.of(IDS, MASK))) {
      throw new ModelLoadException(
          "'%s' has the inputs %s; %s and %s are needed"
              .formatted(name, inputs.keySet(), IDS, MASK));
    }
    return inputs.containsKey(TYPES);
  }

  private Output probe(List<String> preferred, TokenTemplate template) throws OrtException {
    Set<String> names = session.getOutputNames();
    String chosen =
        preferred.stream()
            .filter(names::contains)
            .findFirst()
            .or(() -> names.size() == 1 ? names.stream().findFirst() : java.util.Optional.empty())
            .orElseThrow(
                () ->
                    new ModelLoadException(
                        "'%s' has the outputs %s; one of %s is expected"
                            .formatted(name, names, preferred)));
    TokenIds[] texts = new TokenIds[template.textTypes().length];
    Arrays.fill(texts, new TokenIds(new long[1], false));
    int length = template.overhead() + texts.length;
    try (var buffers = new BatchBuffers(environment, types)) {
      buffers.fill(new Batch(new int[] {0, 1}, length), row -> texts, template, 0);
      return probe(chosen, length, buffers);
    }
  }

  private Output probe(String chosen, int length, BatchBuffers buffers) throws OrtException {
    try (var result = session.run(buffers.inputs(), Set.of(chosen))) {
      ValueInfo info = result.get(0).getInfo();
      if (!(info instanceof TensorInfo tensor)
          || tensor.type != OnnxJavaType.FLOAT
          || tensor.getShape().length == 0
          || tensor.getShape()[0] != 2) {
        throw new ModelLoadException(
            "'%s' gives its output '%s' as %s; float32 with the batch first is expected"
                .formatted(name, chosen, info));
      }
      long[] shape = tensor.getShape();
      long[] rowShape = Arrays.copyOfRange(shape, 1, shape.length);
      return new Output(chosen, rowShape, rowShape.length == 2 && rowShape[0] == length);
    }
  }

  Output output() {
    return output;
  }

  ExecutionProvider provider() {
    return provider;
  }

  /**
   * Runs one batch on the calling thread.
   *
   * @param texts the ids of a row's texts
   * @throws InferenceException if the runtime fails, or there is no memory for the batch
   */
  void run(
      Batch batch, IntFunction<TokenIds[]> texts, TokenTemplate template, int padId, Sink sink) {
    BatchBuffers buffers = idle.poll();
    if (buffers == null) {
      buffers = new BatchBuffers(environment, types);
    }
    boolean sound = false;
    try {
      Map<String, OnnxTensor> outputs = prepare(buffers, batch, texts, template, padId);
      session.run(buffers.inputs(), Set.of(), outputs).close();
      sink.accept(batch, buffers.values());
      sound = true;
    } catch (OrtException e) {
      throw new InferenceException(
          "'%s' failed on a batch of %d rows of %d tokens: %s"
              .formatted(name, batch.rows().length, batch.length(), e.getMessage()),
          e);
    } finally {
      if (sound) {
        idle.add(buffers);
      } else {
        buffers.close();
      }
    }
  }

  private Map<String, OnnxTensor> prepare(
      BatchBuffers buffers,
      Batch batch,
      IntFunction<TokenIds[]> texts,
      TokenTemplate template,
      int padId)
      throws OrtException {
    try {
      buffers.fill(batch, texts, template, padId);
      return buffers.outputs(output);
    } catch (OutOfMemoryError e) {
      throw new InferenceException(
          "'%s' gets no memory for a batch of %d rows of %d tokens (%s): raise the JVM's -XX:MaxDirectMemorySize, or set a smaller batchTokens or fewer threads"
              .formatted(name, batch.rows().length, batch.length(), e.getMessage()),
          e);
    }
  }

  @Override
  public void close() {
    idle.forEach(BatchBuffers::close);
    idle.clear();
    try {
      session.close();
    } catch (OrtException e) {
      log.warn("'{}' could not be released", name, e);
    }
  }

  private static void closeQuietly(OrtSession session, Throwable because) {
    try {
      session.close();
    } catch (OrtException e) {
      because.addSuppressed(e);
    }
  }
}
