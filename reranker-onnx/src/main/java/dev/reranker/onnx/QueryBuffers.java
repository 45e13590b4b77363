package dev.reranker.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * One encoded query, as the scorer takes it: direct, and used again for the next. Filled by one
 * thread, then read by several.
 */
final class QueryBuffers implements AutoCloseable {

  private final OrtEnvironment environment;
  private FloatBuffer vectors = DirectBuffers.floats(0);
  private FloatBuffer weights = DirectBuffers.floats(0);
  private LongBuffer ids = DirectBuffers.longs(0);
  private FloatBuffer mean = DirectBuffers.floats(0);
  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  QueryBuffers(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** Copies what the encoder gave for a request's only row. */
  void fill(Ran ran, int vectorSize, int meanSize) throws OrtException {
    close();
    BatchBuffers from = ran.values();
    int tokens = ran.length(0);
    int row = ran.at(0);
    int start = row * ran.batch().length();
    vectors =
        room(vectors, tokens * vectorSize)
            .put(0, from.values(LateEncoder.VECTORS), start * vectorSize, tokens * vectorSize);
    weights = room(weights, tokens).put(0, from.values(LateEncoder.WEIGHTS), start, tokens);
    mean = room(mean, meanSize).put(0, from.values(LateEncoder.MEAN), row * meanSize, meanSize);
    if (ids.capacity() < tokens) {
      ids = DirectBuffers.longs(tokens);
    }
    ids.clear().put(0, from.ids(row, tokens));
    put(vectorSize, meanSize, tokens);
  }

  /** Copies a query that has nothing but vectors, one behind another. */
  void fill(float[] from, int vectorSize) throws OrtException {
    close();
    int tokens = from.length / vectorSize;
    vectors = room(vectors, from.length).put(0, from);
    weights = room(weights, tokens).put(0, new float[tokens]);
    mean = room(mean, 1).put(0, 0);
    if (ids.capacity() < tokens) {
      ids = DirectBuffers.longs(tokens);
    }
    ids.clear().put(0, new long[tokens]);
    put(vectorSize, 1, tokens);
  }

  private void put(int vectorSize, int meanSize, int tokens) throws OrtException {
    put(LateScorer.QUERY_VECTORS, vectors, 1, tokens, vectorSize);
    put(LateScorer.QUERY_WEIGHTS, weights, 1, tokens);
    put(LateScorer.QUERY_MEAN, mean, 1, meanSize);
    tensors.put(
        LateScorer.QUERY_IDS,
        OnnxTensor.createTensor(environment, ids.clear().limit(tokens), new long[] {1, tokens}));
  }

  private static FloatBuffer room(FloatBuffer buffer, int size) {
    return buffer.capacity() < size ? DirectBuffers.floats(size) : buffer.clear();
  }

  private void put(String name, FloatBuffer buffer, long... shape) throws OrtException {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    tensors.put(
        name, OnnxTensor.createTensor(environment, buffer.clear().limit((int) size), shape));
  }

  /** The scorer's inputs; they stay ours. */
  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  /** Releases the tensors. */
  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
