package dev.reranker.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.reranker.error.InferenceException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * The memory of one batch under way: direct, in the machine's byte order, so that ONNX Runtime
 * reads and writes it without a copy. Grows to the largest batch it has held; the tensors over it
 * are made anew only when the shape changes. Not thread-safe. What failed once is to be closed, not
 * used again.
 */
final class BatchBuffers implements AutoCloseable {

  static final String IDS = "input_ids";
  static final String MASK = "attention_mask";
  static final String TYPES = "token_type_ids";

  private final OrtEnvironment environment;
  private final boolean wantsTypes;

  private LongBuffer ids = DirectBuffers.longs(0);
  private LongBuffer mask = DirectBuffers.longs(0);
  private LongBuffer types = DirectBuffers.longs(0);
  private long[] shape = {};
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final List<OutputBuffer> outputs = new ArrayList<>();

  BatchBuffers(OrtEnvironment environment, boolean wantsTypes) {
    this.environment = environment;
    this.wantsTypes = wantsTypes;
  }

  /**
   * Fills the inputs with a batch's rows.
   *
   * @throws OutOfMemoryError if the JVM gives no more direct memory
   * @throws InferenceException if the batch is too large for any buffer
   */
  void fill(Batch batch, IntFunction<TokenIds[]> texts, TokenTemplate template, int padId)
      throws OrtException {
    reshape(batch);
    ids.clear();
    mask.clear();
    types.clear();
    for (int row : batch.rows()) {
      template.put(texts.apply(row), batch.length(), padId, ids, mask, types);
    }
  }

  private void reshape(Batch batch) throws OrtException {
    long[] wanted = {batch.rows().length, batch.length()};
    if (Arrays.equals(shape, wanted)) {
      return;
    }
    close();
    int tokens = DirectBuffers.size(batch.paddedTokens(), Long.BYTES);
    if (ids.capacity() < tokens) {
      grow(tokens);
    }
    inputs.put(IDS, tensor(ids, tokens, wanted));
    inputs.put(MASK, tensor(mask, tokens, wanted));
    if (wantsTypes) {
      inputs.put(TYPES, tensor(types, tokens, wanted));
    }
    shape = wanted;
  }

  /** All three or none. The old ones go first, so that they are not needed beside the new. */
  private void grow(int tokens) {
    ids = DirectBuffers.longs(0);
    mask = ids;
    types = ids;
    LongBuffer newIds = DirectBuffers.longs(tokens);
    LongBuffer newMask = DirectBuffers.longs(tokens);
    LongBuffer newTypes = DirectBuffers.longs(tokens);
    ids = newIds;
    mask = newMask;
    types = newTypes;
  }

  private OnnxTensor tensor(LongBuffer buffer, int tokens, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, buffer.clear().limit(tokens), shape);
  }

  /** The filled input tensors by their names; they stay ours. */
  Map<String, OnnxTensor> inputs() {
    return inputs;
  }

  /** How many rows there are. */
  int rowCount() {
    return (int) shape[0];
  }

  /** The filled input tensor of a name. */
  OnnxTensor input(String name) {
    return Objects.requireNonNull(inputs.get(name));
  }

  /** The same over some of the rows; the caller closes it. */
  OnnxTensor input(String name, int first, int count) throws OrtException {
    LongBuffer all = name.equals(IDS) ? ids : mask;
    int length = (int) shape[1];
    return OnnxTensor.createTensor(
        environment, all.slice(first * length, count * length), new long[] {count, length});
  }

  /** The token ids at the beginning of a row, counted within the batch. */
  long[] ids(int row, int count) {
    long[] copy = new long[count];
    ids.get((int) (row * shape[1]), copy);
    return copy;
  }

  /** Tensors for the outputs of the batch that was filled in last; they stay ours. */
  Map<String, OnnxTensor> outputs(List<GraphOutput> wanted) throws OrtException {
    while (outputs.size() < wanted.size()) {
      outputs.add(new OutputBuffer());
    }
    var tensors = new HashMap<String, OnnxTensor>();
    for (int i = 0; i < wanted.size(); i++) {
      GraphOutput output = wanted.get(i);
      long[] rows = output.shape((int) shape[0], (int) shape[1]);
      tensors.put(output.name(), outputs.get(i).target(environment, output.type(), rows));
    }
    return tensors;
  }

  /** What the run wrote for the wanted output at an index, from position 0. */
  FloatBuffer values(int output) {
    return outputs.get(output).values();
  }

  /** The same as a tensor of float32, which stays ours. */
  OnnxTensor tensor(int output) throws OrtException {
    return outputs.get(output).tensor(environment);
  }

  /** The same over some of the rows; the caller closes it. */
  OnnxTensor tensor(int output, int first, int count) throws OrtException {
    return outputs.get(output).tensor(environment, first, count);
  }

  /** Releases the tensors. */
  @Override
  public void close() {
    shape = new long[0];
    inputs.values().forEach(OnnxTensor::close);
    inputs.clear();
    outputs.forEach(OutputBuffer::close);
  }
}
