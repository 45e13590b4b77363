package dev.reranker.benchmarks;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The default model's encoder, run by hand: gives a scorer something to score. */
final class LateEncoder implements AutoCloseable {

  private static final int LONGEST = 511;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final HuggingFaceTokenizer tokenizer;
  private final OrtSession session;

  LateEncoder(Path directory) throws IOException, OrtException {
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            ModelFiles.tokenizer(directory), Map.of("truncation", "false", "padding", "false"));
    session = environment.createSession(directory.resolve("encoder.onnx").toString());
  }

  /** {@code [CLS] query [SEP]}. */
  LateVectors query(String text) throws OrtException {
    return encode(tokenizer.encode(text).getIds(), 0);
  }

  /** {@code passage [SEP]}, in pieces of what the encoder takes at most. */
  LateVectors passage(String text) throws OrtException {
    long[] ids = tokenizer.encode(text).getIds();
    LateVectors all = null;
    for (int from = 1; from < ids.length; from += LONGEST) {
      LateVectors piece =
          encode(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + LONGEST)), 1);
      all = all == null ? piece : LateVectors.joined(all, piece);
    }
    if (all == null) {
      throw new IllegalStateException("a text always has a [SEP]");
    }
    return all;
  }

  private LateVectors encode(long[] ids, int type) throws OrtException {
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    long[] types = new long[ids.length];
    Arrays.fill(types, type);
    try (OnnxTensor tokens = row(ids);
        OnnxTensor mask = row(ones);
        OnnxTensor kinds = row(types);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", kinds))) {
      return new LateVectors(
          Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(),
          floats(result, "token_vectors"),
          floats(result, "token_weights"),
          floats(result, "mean_vector"));
    }
  }

  private OnnxTensor row(long[] values) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {1, values.length});
  }

  private static float[] floats(OrtSession.Result result, String name) {
    FloatBuffer buffer = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
    var values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  @Override
  public void close() throws OrtException {
    session.close();
    tokenizer.close();
  }
}
