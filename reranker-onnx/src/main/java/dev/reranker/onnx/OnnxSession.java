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
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final Set<OnnxJavaType> FLOATS =
      Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

  private final String name;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ExecutionProvider provider;
  private final boolean types;
  private final boolean rowwise;
  private final Queue<BatchBuffers> idle = new ConcurrentLinkedQueue<>();

  /** What the graph gives for each row; set once by the probe that {@link #open} runs. */
  private List<GraphOutput> outputs = List.of();

  /** Takes what a batch gave. */
  @FunctionalInterface
  interface Sink {
    /** Called on a worker thread; the buffers are only valid inside the call. */
    void accept(Batch batch, BatchBuffers values) throws OrtException;
  }

  private OnnxSession(
      String name,
      OrtEnvironment environment,
      OrtSession session,
      ExecutionProvider provider,
      boolean rowwise)
      throws OrtException {
    this.name = name;
    this.environment = environment;
    this.session = session;
    this.provider = provider;
    this.rowwise = rowwise;
    this.types = checkInputs();
  }

  /**
   * Loads a graph and runs a probe through it, to learn the shape of what it gives.
   *
   * @param wishes the outputs that are wanted
   * @param template what the probe puts around its texts
   */
  static OnnxSession open(
      String name,
      GraphFile graph,
      List<ExecutionProvider> providers,
      int intraOpThreads,
      List<GraphOutput.Wish> wishes,
      TokenTemplate template) {
    OrtEnvironment environment = OrtRuntime.environment();
    return GraphLoader.load(
        name,
        environment,
        graph,
        providers,
        intraOpThreads,
        (session, provider) -> {
          var opened =
              new OnnxSession(name, environment, session, provider, !graph.quantizesInputs());
          opened.outputs = opened.probe(wishes, template);
          return opened;
        });
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
            "'%s' wants its input '%s' as %s; int64 [batch, sequence] with both free is fed: export the model with inputs of int64 and dynamic axes"
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

  private List<GraphOutput> probe(List<GraphOutput.Wish> wishes, TokenTemplate template)
      throws OrtException {
    List<String> chosen = wishes.stream().map(wish -> choose(wish, wishes.size() == 1)).toList();
    TokenIds[] texts = new TokenIds[template.textTypes().length];
    Arrays.fill(texts, new TokenIds(new long[1], false));
    int length = template.overhead() + texts.length;
    var found = new ArrayList<GraphOutput>();
    try (var buffers = new BatchBuffers(environment, types)) {
      buffers.fill(new Batch(new int[] {0, 1}, length), row -> texts, template, 0);
      try (var result = session.run(buffers.inputs(), Set.copyOf(chosen))) {
        for (int i = 0; i < chosen.size(); i++) {
          ValueInfo info = result.get(chosen.get(i)).orElseThrow().getInfo();
          found.add(describe(chosen.get(i), info, wishes.get(i), length));
        }
      }
    }
    return List.copyOf(found);
  }

  private String choose(GraphOutput.Wish wish, boolean only) {
    Set<String> names = session.getOutputNames();
    return wish.names().stream()
        .filter(names::contains)
        .findFirst()
        .or(() -> only && names.size() == 1 ? names.stream().findFirst() : Optional.empty())
        .orElseThrow(
            () ->
                new ModelLoadException(
                    "'%s' has the outputs %s; one of %s is expected"
                        .formatted(name, names, wish.names())));
  }

  private GraphOutput describe(
      String chosen, ValueInfo info, GraphOutput.Wish wish, int probeLength) {
    if (!(info instanceof TensorInfo tensor)
        || !FLOATS.contains(tensor.type)
        || tensor.getShape().length == 0
        || tensor.getShape()[0] != 2) {
      throw new ModelLoadException(
          "'%s' gives its output '%s' as %s; float32 with the batch first is expected, or float16 or bfloat16: export the model with such an output"
              .formatted(name, chosen, info));
    }
    long[] shape = tensor.getShape();
    long[] rowShape = Arrays.copyOfRange(shape, 1, shape.length);
    boolean perToken = rowShape.length == 2 || (wish.perToken() && rowShape.length == 1);
    return new GraphOutput(chosen, tensor.type, rowShape, perToken && rowShape[0] == probeLength);
  }

  /** What is given, in the order of the wishes. */
  List<GraphOutput> outputs() {
    return outputs;
  }

  /** Whether what a row gives does not depend on what else is in its batch, but for rounding. */
  boolean isRowwise() {
    return rowwise;
  }

  ExecutionProvider provider() {
    return provider;
  }

  /**
   * Runs one batch on the calling thread.
   *
   * @param texts the ids of a row's texts
   * @param stop ends the run
   * @throws Job.Stopped if it did
   * @throws InferenceException if the runtime fails, or there is no memory for the batch
   */
  void run(
      Batch batch,
      IntFunction<TokenIds[]> texts,
      TokenTemplate template,
      int padId,
      Sink sink,
      StopFlag stop) {
    BatchBuffers buffers = idle.poll();
    if (buffers == null) {
      buffers = new BatchBuffers(environment, types);
    }
    boolean sound = false;
    try {
      Map<String, OnnxTensor> pinned = prepare(buffers, batch, texts, template, padId);
      run(buffers.inputs(), pinned, stop);
      sink.accept(batch, buffers);
      sound = true;
    } catch (OrtException e) {
      if (stop.stopped()) {
        throw new Job.Stopped(e);
      }
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

  private void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> pinned, StopFlag stop)
      throws OrtException {
    try (var options = new OrtSession.RunOptions()) {
      stop.begins(() -> terminate(options));
      try {
        session.run(inputs, Set.of(), pinned, options).close();
      } finally {
        stop.over();
      }
    }
  }

  private void terminate(OrtSession.RunOptions options) {
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      log.warn("a run of '{}' could not be ended; it is waited for", name, e);
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
      return buffers.outputs(outputs);
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
}
