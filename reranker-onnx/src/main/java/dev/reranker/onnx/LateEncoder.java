package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.ModelLoadException;
import dev.reranker.internal.Checks;
import dev.reranker.internal.UnitVector;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/** The encoder of a late-interaction model: reads queries, prepares passages, embeds both. */
final class LateEncoder {

  /** The encoder's outputs, by their place. */
  static final int VECTORS = 0;

  static final int WEIGHTS = 1;
  static final int MEAN = 2;

  private static final List<GraphOutput.Wish> OUTPUTS =
      List.of(
          new GraphOutput.Wish(List.of("token_vectors"), true),
          new GraphOutput.Wish(List.of("token_weights"), true),
          new GraphOutput.Wish(List.of("mean_vector"), false));

  private final Engine engine;
  private final LateConfig config;
  private final TokenTemplate query;
  private final TokenTemplate passage;
  private final String prompt;
  private final PreparedFormat format;
  private final Fingerprint embeds;
  private final String fingerprint;

  /**
   * Takes a loaded model over.
   *
   * @param prompt what is put before each query
   * @param format how the numbers of prepared passages are kept
   */
  LateEncoder(Engine engine, LateConfig config, String prompt, PreparedFormat format) {
    this.engine = engine;
    this.config = config;
    this.query = engine.template(config.query()::template);
    this.passage = engine.template(config.passage()::template);
    this.prompt = prompt;
    this.format = format;
    Fingerprint prepares = engine.fingerprint().with("passage", config.passage());
    this.embeds = prepares.with("query", config.query()).with("queryPrompt", prompt);
    this.fingerprint = prepares.toString();
  }

  /** Loads the encoder; the caller closes it. */
  static Engine open(EngineSettings settings, ModelConfig model, LateConfig config) {
    var parts =
        new Engine.Parts(
            LateConfig.encoder(model), config.query()::template, OUTPUTS, config.maxLength());
    Engine engine = Engine.open(settings, model, parts);
    List<GraphOutput> outputs = engine.outputs();
    boolean fits =
        outputs.get(VECTORS).perToken()
            && outputs.get(VECTORS).width() == config.vectorSize()
            && outputs.get(WEIGHTS).perToken()
            && outputs.get(WEIGHTS).width() == 1
            && outputs.get(MEAN).rowShape().length == 1
            && outputs.get(MEAN).width() == config.meanSize();
    if (!fits) {
      engine.close();
      throw new ModelLoadException(
          "the encoder of '%s' gives %s; [batch, tokens, %d], [batch, tokens] and [batch, %d] are expected, as %s says"
              .formatted(
                  settings.name(),
                  outputs.stream()
                      .map(output -> output.name() + " " + Arrays.toString(output.shape(2, 2)))
                      .toList(),
                  config.vectorSize(),
                  config.meanSize(),
                  model.config().where()));
    }
    return engine;
  }

  Engine engine() {
    return engine;
  }

  LateConfig config() {
    return config;
  }

  /** The identity of what prepares passages. */
  String fingerprint() {
    return fingerprint;
  }

  /** The identity of what embeds. */
  Fingerprint embeds() {
    return embeds;
  }

  /**
   * The tokens of a query with its prompt.
   *
   * @throws IllegalArgumentException if there are more than a query may have
   */
  TokenIds encodeQuery(String text) {
    int length = config.query().maxLength();
    return engine.encodeQuery(prompt, text, length - query.overhead(), String.valueOf(length));
  }

  /** Encodes the query. */
  Work encode(String text, TokenIds ids, QueryBuffers into, SearchContext context) {
    return engine.run(
        query,
        List.of(text),
        i -> new TokenIds[] {ids},
        ran -> into.fill(ran, config.vectorSize(), config.meanSize()),
        context);
  }

  /** Writes what a batch gave for its row at a place. */
  PreparedPassage prepared(Ran ran, int i, PreparedFormat as, boolean cut) {
    int tokens = ran.length(i);
    float[] vectors = new float[tokens * config.vectorSize()];
    int start = ran.at(i) * ran.batch().length() * config.vectorSize();
    ran.values().values(VECTORS).get(start, vectors);
    long[] ids = ran.values().ids(ran.at(i), tokens);
    return PreparedPassage.of(
        fingerprint, PreparedContent.write(as, cut, ids, vectors, mean(ran, i)));
  }

  private float[] mean(Ran ran, int i) {
    float[] mean = new float[config.meanSize()];
    ran.values().values(MEAN).get(ran.at(i) * mean.length, mean);
    UnitVector.requireFinite(mean, engine.info().name(), () -> "passage " + ran.row(i));
    return mean;
  }

  /** Prepares passages, and embeds them in the same run. */
  List<Prepared> prepare(List<String> passages) {
    List<String> texts = Checks.copyOf(passages, "passage");
    var made = new Prepared[texts.size()];
    var cut = new boolean[made.length];
    engine.call(
        texts.size(),
        () ->
            read(
                texts,
                cut,
                (ran, i, row) ->
                    made[row] = new Prepared(prepared(ran, i, format, cut[row]), mean(ran, i))));
    return List.of(made);
  }

  /** The vector of a query. */
  float[] embedQuery(String text) {
    Objects.requireNonNull(text, "query");
    float[] vector = new float[config.meanSize()];
    engine.call(
        1,
        () -> {
          TokenIds ids = encodeQuery(text);
          return engine.run(
              query,
              List.of(text),
              i -> new TokenIds[] {ids},
              ran -> ran.values().values(MEAN).get(ran.at(0) * vector.length, vector),
              SearchContext.create());
        });
    UnitVector.requireFinite(vector, engine.info().name(), () -> "the query");
    return vector;
  }

  /** The vectors of passages. */
  List<float[]> embedPassages(List<String> passages) {
    List<String> texts = Checks.copyOf(passages, "passage");
    float[][] vectors = new float[texts.size()][];
    engine.call(
        texts.size(),
        () ->
            read(texts, new boolean[vectors.length], (ran, i, row) -> vectors[row] = mean(ran, i)));
    return List.of(vectors);
  }

  /** Takes a row of a batch: its place in the batch, and in the list. */
  @FunctionalInterface
  private interface RowReader {
    void read(Ran ran, int inBatch, int inList);
  }

  private Work read(List<String> texts, boolean[] cut, RowReader reader) {
    Ran.Reader rows =
        ran -> {
          for (int i = 0; i < ran.rows(); i++) {
            reader.read(ran, i, ran.row(i));
          }
        };
    IntFunction<String> label = Passages.of(texts).label();
    return passages(texts, label, cut, rows, SearchContext.create());
  }

  /**
   * Encodes passages.
   *
   * @param label what messages call the passage at a position
   * @param cut where it is noted which were cut, before they are read
   * @param reader takes what the encoder gave for a batch; called on worker threads
   */
  Work passages(
      List<String> texts,
      IntFunction<String> label,
      boolean[] cut,
      Ran.Reader reader,
      SearchContext context) {
    int room = config.passage().maxLength() - passage.overhead();
    return engine.run(
        passage,
        texts,
        i -> {
          TokenIds ids = engine.encode(texts.get(i), room, () -> label.apply(i));
          cut[i] = ids.truncated();
          return new TokenIds[] {ids};
        },
        reader,
        context);
  }
}
