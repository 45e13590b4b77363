package dev.reranker.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The scorer's graph in ONNX Runtime, one thread a run; int8 rows are decoded before it. */
final class OnnxScorer implements LateScorer.Worker {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private FloatBuffer vectors = floats(0);
  private LongBuffer ids = longs(0);
  private LongBuffer mask = longs(0);
  private FloatBuffer means = floats(0);
  private float[] row = {};

  OnnxScorer(OrtSession session) {
    this.session = session;
  }

  static OrtSession session(Path directory) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      return OrtEnvironment.getEnvironment()
          .createSession(directory.resolve("scorer.onnx").toString(), options);
    }
  }

  @Override
  public void score(LateVectors query, List<LateVectors.Rounded> batch, float[] logits, int at)
      throws OrtException {
    int longest = batch.stream().mapToInt(LateVectors.Rounded::tokens).max().orElse(0);
    pack(batch, longest, query.size(), query.mean().length);
    run(query, batch.size(), longest, logits, at);
  }

  /** One passage of full vectors: what the rounded ones are compared with. */
  float score(LateVectors query, LateVectors passage) throws OrtException {
    reserve(passage.tokens(), query.size(), 1, query.mean().length);
    vectors.put(passage.vectors()).flip();
    for (int id : passage.ids()) {
      ids.put(id);
      mask.put(1);
    }
    ids.flip();
    mask.flip();
    means.put(passage.mean()).flip();
    var logit = new float[1];
    run(query, 1, passage.tokens(), logit, 0);
    return logit[0];
  }

  private void pack(List<LateVectors.Rounded> batch, int longest, int size, int meanSize) {
    reserve(batch.size() * longest, size, batch.size(), meanSize);
    if (row.length < longest * size) {
      row = new float[longest * size];
    }
    for (LateVectors.Rounded passage : batch) {
      decode(passage, row);
      Arrays.fill(row, passage.rows().length, longest * size, 0);
      vectors.put(row, 0, longest * size);
      for (int i = 0; i < longest; i++) {
        ids.put(i < passage.tokens() ? passage.ids()[i] : 0);
        mask.put(i < passage.tokens() ? 1 : 0);
      }
      means.put(passage.mean());
    }
    vectors.flip();
    ids.flip();
    mask.flip();
    means.flip();
  }

  private static void decode(LateVectors.Rounded passage, float[] to) {
    int size = passage.size();
    for (int token = 0; token < passage.tokens(); token++) {
      scale(passage.rows(), passage.scales()[token], to, token * size, (token + 1) * size);
    }
  }

  /** A loop that the JVM turns into vector instructions. */
  private static void scale(byte[] rows, float scale, float[] to, int begin, int end) {
    for (int i = begin; i < end; i++) {
      to[i] = scale * rows[i];
    }
  }

  private void reserve(int tokens, int size, int passages, int meanSize) {
    if (vectors.capacity() < tokens * size) {
      vectors = floats(tokens * size);
      ids = longs(tokens);
      mask = longs(tokens);
    }
    if (means.capacity() < passages * meanSize) {
      means = floats(passages * meanSize);
    }
    vectors.clear();
    ids.clear();
    mask.clear();
    means.clear();
  }

  private void run(LateVectors query, int passages, int longest, float[] logits, int at)
      throws OrtException {
    long[] queryIds = Arrays.stream(query.ids()).asLongStream().toArray();
    long[] tokens = {passages, longest};
    try (OnnxTensor queryVectors =
            tensor(FloatBuffer.wrap(query.vectors()), 1, query.tokens(), query.size());
        OnnxTensor weights = tensor(FloatBuffer.wrap(query.weights()), 1, query.tokens());
        OnnxTensor queryTokens =
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(queryIds), new long[] {1, query.tokens()});
        OnnxTensor queryMean = tensor(FloatBuffer.wrap(query.mean()), 1, query.mean().length);
        OnnxTensor passageVectors = tensor(vectors, passages, longest, query.size());
        OnnxTensor passageTokens = OnnxTensor.createTensor(environment, ids, tokens);
        OnnxTensor passageMask = OnnxTensor.createTensor(environment, mask, tokens);
        OnnxTensor passageMeans = tensor(means, passages, query.mean().length);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "query_vectors", queryVectors,
                    "query_weights", weights,
                    "query_ids", queryTokens,
                    "query_mean", queryMean,
                    "passage_vectors", passageVectors,
                    "passage_ids", passageTokens,
                    "passage_mask", passageMask,
                    "passage_mean", passageMeans))) {
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits, at, passages);
    }
  }

  private OnnxTensor tensor(FloatBuffer values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(environment, values, shape);
  }

  private static FloatBuffer floats(int size) {
    return ByteBuffer.allocateDirect(size * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static LongBuffer longs(int size) {
    return ByteBuffer.allocateDirect(size * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }
}
