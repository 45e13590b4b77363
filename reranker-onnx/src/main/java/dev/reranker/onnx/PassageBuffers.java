package dev.reranker.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The memory of one batch of prepared passages on its way to the scorer: direct, and used again for
 * the next, as {@link BatchBuffers} is. Not thread-safe. What failed once is to be closed, not used
 * again.
 */
final class PassageBuffers implements AutoCloseable {

  private final OrtEnvironment environment;
  private final int vectorSize;
  private final int meanSize;
  private final PreparedContent.Scratch scratch = new PreparedContent.Scratch();

  private FloatBuffer vectors = DirectBuffers.floats(0);
  private LongBuffer ids = DirectBuffers.longs(0);
  private LongBuffer mask = DirectBuffers.longs(0);
  private FloatBuffer means = DirectBuffers.floats(0);

  private float[] nothing = {};
  private long[] shape = {};
  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  PassageBuffers(OrtEnvironment environment, int vectorSize, int meanSize) {
    this.environment = environment;
    this.vectorSize = vectorSize;
    this.meanSize = meanSize;
  }

  /** The scorer's inputs for a batch; they stay ours. */
  Map<String, OnnxTensor> fill(Batch batch, IntFunction<PreparedContent> passages)
      throws OrtException {
    reshape(batch);
    vectors.clear();
    ids.clear();
    mask.clear();
    means.clear();
    for (int row : batch.rows()) {
      PreparedContent passage = passages.apply(row);
      passage.putVectors(vectors, scratch);
      passage.putIds(ids);
      passage.putMean(means);
      int padding = batch.length() - passage.tokens();
      vectors.put(nothing, 0, padding * vectorSize);
      for (int i = 0; i < batch.length(); i++) {
        mask.put(i < passage.tokens() ? 1 : 0);
      }
      for (int i = 0; i < padding; i++) {
        ids.put(0);
      }
    }
    return tensors;
  }

  private void reshape(Batch batch) throws OrtException {
    int rows = batch.rows().length;
    long[] wanted = {rows, batch.length()};
    if (Arrays.equals(shape, wanted)) {
      return;
    }
    close();
    int tokens = DirectBuffers.size(batch.paddedTokens(), Long.BYTES);
    int values = DirectBuffers.size(batch.paddedTokens() * vectorSize, Float.BYTES);
    if (vectors.capacity() < values) {
      vectors = DirectBuffers.floats(0); // the old one is not needed beside the new
      vectors = DirectBuffers.floats(values);
    }
    if (mask.capacity() < tokens) {
      ids = DirectBuffers.longs(tokens);
      mask = DirectBuffers.longs(tokens);
    }
    if (means.capacity() < rows * meanSize) {
      means = DirectBuffers.floats(rows * meanSize);
    }
    if (nothing.length < batch.length() * vectorSize) {
      nothing = new float[batch.length() * vectorSize];
    }
    tensors.put(
        LateScorer.PASSAGE_VECTORS,
        OnnxTensor.createTensor(
            environment,
            vectors.clear().limit(values),
            new long[] {rows, batch.length(), vectorSize}));
    tensors.put(
        LateScorer.PASSAGE_IDS,
        OnnxTensor.createTensor(environment, ids.clear().limit(tokens), wanted));
    tensors.put(
        LateScorer.PASSAGE_MASK,
        OnnxTensor.createTensor(environment, mask.clear().limit(tokens), wanted));
    tensors.put(
        LateScorer.PASSAGE_MEAN,
        OnnxTensor.createTensor(
            environment, means.clear().limit(rows * meanSize), new long[] {rows, meanSize}));
    shape = wanted;
  }

  /** Releases the tensors. */
  @Override
  public void close() {
    shape = new long[0];
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
