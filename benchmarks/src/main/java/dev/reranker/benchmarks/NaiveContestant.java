package dev.reranker.benchmarks;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The loop that hand-written integrations are: one pair a run, the query tokenized again each time,
 * arrays of arrays, default session options.
 */
final class NaiveContestant implements Contestant {

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final HuggingFaceTokenizer tokenizer;
  private final OrtSession session;

  NaiveContestant(Path directory) throws Exception {
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            ModelFiles.tokenizer(directory), Map.of("truncation", "true", "maxLength", "512"));
    try (var options = new OrtSession.SessionOptions()) {
      session = environment.createSession(ModelFiles.graph(directory).toString(), options);
    } catch (OrtException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  @Override
  public float[] score(String query, List<String> passages) throws OrtException {
    float[] logits = new float[passages.size()];
    for (int i = 0; i < logits.length; i++) {
      Encoding pair = tokenizer.encode(query, passages.get(i));
      try (var ids = tensor(pair.getIds());
          var mask = tensor(pair.getAttentionMask());
          var types = tensor(pair.getTypeIds());
          var result =
              session.run(
                  Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
        logits[i] = ((float[][]) result.get(0).getValue())[0][0];
      }
    }
    return logits;
  }

  private OnnxTensor tensor(long[] row) throws OrtException {
    return OnnxTensor.createTensor(environment, new long[][] {row});
  }

  @Override
  public long paddedTokens(Request request) {
    return request.totalTokens();
  }

  @Override
  public void close() throws OrtException {
    session.close();
    tokenizer.close();
  }
}
