package dev.reranker.benchmarks;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A request's tokens as tensors, made ahead of time: pairs sorted by length, the longest first, as
 * many to a batch as a budget of padded tokens admits, but at least one.
 */
final class PackedRequest implements AutoCloseable {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final List<Batch> batches = new ArrayList<>();
  private final int pairs;
  private long paddedTokens;

  /** One batch: its inputs, and its output, pinned to a buffer of ours. */
  record Batch(
      int[] rows,
      Map<String, OnnxTensor> inputs,
      Map<String, OnnxTensor> outputs,
      FloatBuffer logits) {}

  /**
   * Packs pairs.
   *
   * @param budget padded tokens a batch; 1 gives every pair a batch of its own
   */
  PackedRequest(List<Encoding> encodings, int budget) throws OrtException {
    pairs = encodings.size();
    int[] order =
        IntStream.range(0, pairs)
            .boxed()
            .sorted(Comparator.comparingInt(i -> -encodings.get(i).getIds().length))
            .mapToInt(Integer::intValue)
            .toArray();
    try {
      int from = 0;
      while (from < pairs) {
        int length = encodings.get(order[from]).getIds().length;
        int to = Math.min(pairs, from + Math.max(1, budget / length));
        add(encodings, IntStream.range(from, to).map(i -> order[i]).toArray(), length);
        from = to;
      }
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A request's pairs as the model's own tokenizer encodes them. */
  static List<Encoding> encode(Path directory, Request request) throws IOException {
    Map<String, String> options =
        Map.of("truncation", "true", "maxLength", "512", "padding", "false");
    try (var tokenizer =
        HuggingFaceTokenizer.newInstance(ModelFiles.tokenizer(directory), options)) {
      return request.passages().stream()
          .map(passage -> tokenizer.encode(request.query(), passage))
          .toList();
    }
  }

  private void add(List<Encoding> encodings, int[] rows, int length) throws OrtException {
    LongBuffer ids = longs(rows.length * length);
    LongBuffer mask = longs(rows.length * length);
    LongBuffer types = longs(rows.length * length);
    for (int row : rows) {
      Encoding pair = encodings.get(row);
      ids.put(pair.getIds());
      mask.put(pair.getAttentionMask());
      types.put(pair.getTypeIds());
      for (int i = pair.getIds().length; i < length; i++) {
        ids.put(0);
        mask.put(0);
        types.put(0);
      }
    }
    long[] shape = {rows.length, length};
    FloatBuffer logits =
        ByteBuffer.allocateDirect(rows.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    batches.add(
        new Batch(
            rows,
            Map.of(
                "input_ids", OnnxTensor.createTensor(environment, ids.flip(), shape),
                "attention_mask", OnnxTensor.createTensor(environment, mask.flip(), shape),
                "token_type_ids", OnnxTensor.createTensor(environment, types.flip(), shape)),
            Map.of(
                "logits",
                OnnxTensor.createTensor(environment, logits, new long[] {rows.length, 1})),
            logits));
    paddedTokens += (long) rows.length * length;
  }

  private static LongBuffer longs(int size) {
    return ByteBuffer.allocateDirect(size * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }

  List<Batch> batches() {
    return batches;
  }

  long paddedTokens() {
    return paddedTokens;
  }

  /** What the last run left in the outputs, in the order of the encodings. */
  float[] logits() {
    float[] scores = new float[pairs];
    for (Batch batch : batches) {
      for (int i = 0; i < batch.rows().length; i++) {
        scores[batch.rows()[i]] = batch.logits().get(i);
      }
    }
    return scores;
  }

  @Override
  public void close() {
    for (Batch batch : batches) {
      batch.inputs().values().forEach(OnnxTensor::close);
      batch.outputs().values().forEach(OnnxTensor::close);
    }
  }
}
