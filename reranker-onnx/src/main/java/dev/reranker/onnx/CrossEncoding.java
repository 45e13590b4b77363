package dev.reranker.onnx;

import dev.reranker.SearchContext;
import java.util.Optional;

/** Query and passage in one row: the usual cross-encoder. What was prepared is not looked at. */
final class CrossEncoding implements PairScoring {

  private final Engine engine;
  private final String prompt;
  private final int queryLimit;
  private final int passageLimit;
  private final int labels;
  private final int positive;

  private CrossEncoding(
      Engine engine, String prompt, int queryLimit, int passageLimit, int positive) {
    this.engine = engine;
    this.prompt = prompt;
    this.queryLimit = queryLimit;
    this.passageLimit = passageLimit;
    this.labels = engine.output().width();
    this.positive = positive;
  }

  /**
   * A cross-encoder.
   *
   * @param positive which of two labels says that a passage is relevant
   * @param late a late-interaction model as one graph: query and passage have lengths of their own
   */
  static CrossEncoding of(Engine engine, String prompt, int positive, Optional<LateConfig> late) {
    if (late.isPresent()) {
      int query = engine.template(late.get().query()::template).overhead();
      int passage = engine.template(late.get().passage()::template).overhead();
      return new CrossEncoding(
          engine,
          prompt,
          late.get().query().maxLength() - query,
          late.get().passage().maxLength() - passage,
          positive);
    }
    int room = engine.room();
    int query = room - Math.min(OnnxReranker.MIN_PASSAGE_TOKENS, room / 4);
    if (query < 1) {
      throw new IllegalArgumentException(
          "maxLength is %d tokens; query and passage need at least 4 besides the special ones"
              .formatted(engine.info().maxLength()));
    }
    return new CrossEncoding(engine, prompt, query, room, positive);
  }

  /** How many labels the graph gives: 1 or 2. */
  static int labels(Engine engine) {
    GraphOutput output = engine.output();
    int labels = output.width();
    boolean flat = output.rowShape().length <= 1 || labels == 1;
    if (!flat || output.perToken() || labels < 1 || labels > 2) {
      throw RerankerConfig.notOneOrTwo(engine.info().name(), output);
    }
    return labels;
  }

  @Override
  public Work run(String query, Passages passages, float[] logits, SearchContext context) {
    String whole = engine.info().maxLength() + " for query and passage together";
    TokenIds queryIds = engine.encodeQuery(prompt, query, queryLimit, whole);
    int room = Math.min(passageLimit, engine.room() - queryIds.count());
    return engine.run(
        passages.texts(),
        i ->
            new TokenIds[] {
              queryIds,
              engine.encode(passages.texts().get(i), room, () -> passages.label().apply(i))
            },
        row ->
            logits[row.index()] =
                labels == 1 ? row.get(0) : row.get(positive) - row.get(1 - positive),
        context);
  }
}
