package dev.reranker.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small graph that an encoded query and encoded passages meet in; on the CPU, with one thread
 * of its own a run.
 */
final class LateScorer implements AutoCloseable {

  static final String QUERY_VECTORS = "query_vectors";
  static final String QUERY_WEIGHTS = "query_weights";
  static final String QUERY_IDS = "query_ids";
  static final String QUERY_MEAN = "query_mean";
  static final String PASSAGE_VECTORS = "passage_vectors";
  static final String PASSAGE_IDS = "passage_ids";
  static final String PASSAGE_MASK = "passage_mask";
  static final String PASSAGE_MEAN = "passage_mean";

  private static final Set<String> INPUTS =
      Set.of(
          QUERY_VECTORS,
          QUERY_WEIGHTS,
          QUERY_IDS,
          QUERY_MEAN,
          PASSAGE_VECTORS,
          PASSAGE_IDS,
          PASSAGE_MASK,
          PASSAGE_MEAN);
  private static final String LOGITS = "logits";

  private static final Logger log = LoggerFactory.getLogger(LateScorer.class);

  private final String name;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final int vectorSize;
  private final int meanSize;
  private final Queue<PassageBuffers> idle = new ConcurrentLinkedQueue<>();
  private final Queue<QueryBuffers> idleQueries = new ConcurrentLinkedQueue<>();

  private LateScorer(
      String name, OrtEnvironment environment, OrtSession session, int vectorSize, int meanSize) {
    this.name = name;
    this.environment = environment;
    this.session = session;
    this.vectorSize = vectorSize;
    this.meanSize = meanSize;
  }

  /**
   * Loads the graph.
   *
   * @param vectorSize values of a token's vector
   * @param meanSize values of a text's own vector
   * @param where the file that says the sizes, for messages
   */
  static LateScorer open(String name, GraphFile graph, int vectorSize, int meanSize, String where) {
    OrtEnvironment environment = OrtRuntime.environment();
    return GraphLoader.load(
        name,
        environment,
        graph,
        List.of(ExecutionProvider.cpu()),
        1,
        (session, provider) -> {
          var scorer = new LateScorer(name, environment, session, vectorSize, meanSize);
          scorer.check(graph, where);
          return scorer;
        });
  }

  private void check(GraphFile graph, String where) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (!inputs.keySet().equals(INPUTS) || !session.getOutputNames().contains(LOGITS)) {
      throw new ModelLoadException(
          "%s has the inputs %s and the outputs %s; a scorer has %s and %s"
              .formatted(
                  graph.name(),
                  inputs.keySet().stream().sorted().toList(),
                  session.getOutputNames(),
                  INPUTS.stream().sorted().toList(),
                  LOGITS));
    }
    for (String input : List.of(QUERY_VECTORS, PASSAGE_VECTORS)) {
      requireSize(graph, inputs, input, vectorSize, where);
    }
    for (String input : List.of(QUERY_MEAN, PASSAGE_MEAN)) {
      requireSize(graph, inputs, input, meanSize, where);
    }
  }

  /** A graph that leaves the size open takes any. */
  private static void requireSize(
      GraphFile graph, Map<String, NodeInfo> inputs, String input, int size, String where) {
    NodeInfo node = Objects.requireNonNull(inputs.get(input), input);
    if (node.getInfo() instanceof TensorInfo tensor) {
      long[] shape = tensor.getShape();
      long takes = shape.length == 0 ? 0 : shape[shape.length - 1];
      if (takes >= 0 && takes != size) {
        throw new ModelLoadException(
            "%s takes %d values for '%s' where %s says %d: it is the scorer of another model"
                .formatted(graph.name(), takes, input, where, size));
      }
    }
  }

  /** Memory for a query; given back by {@link #release}. */
  QueryBuffers query() {
    QueryBuffers buffers = idleQueries.poll();
    return buffers == null ? new QueryBuffers(environment) : buffers;
  }

  void release(QueryBuffers query) {
    query.close();
    idleQueries.add(query);
  }

  /**
   * Scores a batch of prepared passages, on the calling thread.
   *
   * @throws InferenceException if the runtime fails, or there is no memory for the batch
   */
  void run(
      QueryBuffers query, Batch batch, IntFunction<PreparedContent> passages, LateModel.Sink sink) {
    PassageBuffers buffers = idle.poll();
    if (buffers == null) {
      buffers = new PassageBuffers(environment, vectorSize, meanSize);
    }
    boolean sound = false;
    try {
      run(query, batch, buffers.fill(batch, passages), sink);
      sound = true;
    } catch (OrtException e) {
      throw new InferenceException(
          "the scorer of '%s' failed on a batch of %d passages of %d tokens: %s"
              .formatted(name, batch.rows().length, batch.length(), e.getMessage()),
          e);
    } catch (OutOfMemoryError e) {
      throw new InferenceException(
          "the scorer of '%s' gets no memory for a batch of %d passages of %d tokens (%s): raise the JVM's -XX:MaxDirectMemorySize, or set fewer threads"
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

  /** Scores a batch whose passages are in tensors already. */
  void run(QueryBuffers query, Batch batch, Map<String, OnnxTensor> passages, LateModel.Sink sink)
      throws OrtException {
    var inputs = new HashMap<String, OnnxTensor>(query.tensors());
    inputs.putAll(passages);
    try (var result = session.run(inputs, Set.of(LOGITS))) {
      var logits = (OnnxTensor) result.get(0);
      sink.accept(batch, logits.getFloatBuffer());
    }
  }

  @Override
  public void close() {
    idle.forEach(PassageBuffers::close);
    idle.clear();
    idleQueries.clear();
    try {
      session.close();
    } catch (OrtException e) {
      log.warn("the scorer of '{}' could not be released", name, e);
    }
  }
}
