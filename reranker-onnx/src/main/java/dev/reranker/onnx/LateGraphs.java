package dev.reranker.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.reranker.SearchContext;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A late-interaction model of two graphs, as the default one: an encoder, and a small scorer that
 * an encoded query and encoded passages meet in.
 */
record LateGraphs(LateEncoder encoder, LateScorer scorer) implements LateModel {

  @Override
  public Engine engine() {
    return encoder.engine();
  }

  @Override
  public String preparedFingerprint() {
    return encoder.fingerprint();
  }

  @Override
  public int vectorSize() {
    return encoder.config().vectorSize();
  }

  @Override
  public int meanSize() {
    return encoder.config().meanSize();
  }

  @Override
  public int passageTokens() {
    return encoder.config().passage().maxLength();
  }

  @Override
  public TokenIds queryTokens(String text) {
    return encoder.encodeQuery(text);
  }

  @Override
  public Query query(String text, TokenIds ids, SearchContext context, Work work) {
    QueryBuffers buffers = scorer.query();
    try {
      work.cost(encoder.encode(text, ids, buffers, context));
      return new Encoded(scorer, buffers);
    } catch (RuntimeException | Error e) {
      scorer.release(buffers);
      throw e;
    }
  }

  @Override
  public Work passages(
      List<String> texts,
      IntFunction<String> label,
      boolean[] cut,
      Ran.Reader reader,
      SearchContext context) {
    return encoder.passages(texts, label, cut, reader, context);
  }

  @Override
  public PreparedPassage prepared(Ran ran, int i, PreparedFormat as, boolean cut) {
    return encoder.prepared(ran, i, as, cut);
  }

  @Override
  public List<Prepared> prepare(List<String> passages) {
    return encoder.prepare(passages);
  }

  /** An encoded query. */
  private record Encoded(LateScorer scorer, QueryBuffers buffers) implements Query {

    @Override
    public void score(Batch batch, IntFunction<PreparedContent> passages, Sink sink) {
      scorer.run(buffers, batch, passages, sink);
    }

    @Override
    public void score(Ran ran, Sink sink) throws OrtException {
      try (var own = new BatchRows(ran.values(), ran.first(), ran.rows())) {
        scorer.run(buffers, ran.batch(), inputs(own), sink);
      }
    }

    /** The encoder's inputs and outputs are the scorer's inputs, shape for shape. */
    private static Map<String, OnnxTensor> inputs(BatchRows values) throws OrtException {
      return Map.of(
          LateScorer.PASSAGE_VECTORS,
          values.tensor(LateEncoder.VECTORS),
          LateScorer.PASSAGE_IDS,
          values.input(BatchBuffers.IDS),
          LateScorer.PASSAGE_MASK,
          values.input(BatchBuffers.MASK),
          LateScorer.PASSAGE_MEAN,
          values.tensor(LateEncoder.MEAN));
    }

    @Override
    public void close() {
      scorer.release(buffers);
    }
  }
}
