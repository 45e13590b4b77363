package dev.reranker.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.translator.CrossEncoderTranslator;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.util.StringPair;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * DJL's cross-encoder on its ONNX Runtime engine, one pair a run: stacking pairs to a batch takes a
 * second engine. A predictor serves one thread, so each caller borrows one; they share the session.
 */
final class DjlContestant implements Contestant {

  private final HuggingFaceTokenizer tokenizer;
  private final ZooModel<StringPair, float[]> model;
  private final Queue<Predictor<StringPair, float[]>> idle = new ConcurrentLinkedQueue<>();

  DjlContestant(Path directory) throws Exception {
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            ModelFiles.tokenizer(directory), Map.of("truncation", "true", "maxLength", "512"));
    try {
      model =
          Criteria.builder()
              .setTypes(StringPair.class, float[].class)
              .optEngine("OnnxRuntime")
              .optModelPath(directory)
              .optModelName("model")
              .optTranslator(
                  CrossEncoderTranslator.builder(tokenizer)
                      .optIncludeTokenTypes(true)
                      .optSigmoid(false)
                      .optBatchifier(new OnePair())
                      .build())
              .build()
              .loadModel();
    } catch (Exception | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Starts the engine. Where several share a JVM it must come first: it makes ONNX Runtime's
   * environment with options of its own, and fails when there is one already.
   */
  static void startFirst() {
    Engine.getEngine("OnnxRuntime");
  }

  @Override
  public float[] score(String query, List<String> passages) throws Exception {
    Predictor<StringPair, float[]> borrowed = idle.poll();
    Predictor<StringPair, float[]> predictor = borrowed == null ? model.newPredictor() : borrowed;
    float[] logits = new float[passages.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = predictor.predict(new StringPair(query, passages.get(i)))[0];
    }
    idle.add(predictor);
    return logits;
  }

  @Override
  public long paddedTokens(Request request) {
    return request.totalTokens();
  }

  @Override
  public void close() {
    idle.forEach(Predictor::close);
    model.close();
    tokenizer.close();
  }

  /** Gives one pair's arrays the batch dimension, which the engine itself cannot. */
  private static final class OnePair implements Batchifier {

    private static final long serialVersionUID = 1;

    private static final List<String> NAMES =
        List.of("input_ids", "attention_mask", "token_type_ids");

    @Override
    public NDList batchify(NDList[] inputs) {
      var batch = new NDList();
      for (int i = 0; i < NAMES.size(); i++) {
        NDArray row = inputs[0].get(i);
        NDArray array =
            row.getManager()
                .create(
                    row.toByteBuffer().asLongBuffer(),
                    new Shape(1, row.getShape().get(0)),
                    DataType.INT64);
        array.setName(NAMES.get(i));
        batch.add(array);
      }
      return batch;
    }

    @Override
    public NDList[] unbatchify(NDList inputs) {
      return new NDList[] {inputs};
    }
  }
}
