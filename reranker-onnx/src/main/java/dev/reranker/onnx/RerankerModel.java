package dev.reranker.onnx;

import dev.reranker.Embedder;
import dev.reranker.ScoreCombiner;
import dev.reranker.cache.ScoreCache;
import dev.reranker.error.ModelLoadException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A loaded reranker.
 *
 * @param late what reads query and passages apart, if it does
 * @param embedder the same as an embedder, if it is one
 * @param engine the model at work; closing it closes all
 * @param scoring how it scores
 * @param combiner what makes the final score where nobody says
 * @param activation what makes a score of a logit
 * @param fingerprint all that changes a logit
 */
record RerankerModel(
    Engine engine,
    PairScoring scoring,
    Optional<LateModel> late,
    Optional<Embedder> embedder,
    ScoreCombiner combiner,
    Activation activation,
    Fingerprint fingerprint) {

  private static final List<String> LOGITS = List.of("logits", "scores", "output");

  private static final ScoreCombiner PRIOR = ScoreCombiner.rankPrior(1);

  static final String DEFAULT_MODEL = "dev/reranker/models/late-l6";

  /** What the builder says beyond what every model has. */
  record Wishes(
      Optional<Activation> activation,
      Optional<String> queryPrompt,
      OptionalInt positiveLabel,
      Optional<PreparedFormat> preparedFormat,
      boolean reencodeForeign,
      OptionalLong cacheBytes,
      Optional<ScoreCache> scoreCache) {}

  /** The default model, which an artifact of its own holds. */
  static ModelSource bundled() {
    ModelSource source = ModelSource.classpath(DEFAULT_MODEL);
    if (source.find(ModelSource.TOKENIZER).isEmpty()) {
      throw new ModelLoadException(
          "no model was given and the default one is not on the class path: add the dependency"
              + " dev.reranker:reranker-late-l6, or call model(ModelSource.directory(..))");
    }
    return source;
  }

  /** Loads a model in the way that its files, and the choice of its graph, ask for. */
  static RerankerModel load(EngineSettings settings, Wishes wishes) {
    var model = new ModelConfig(settings.source());
    Optional<ColbertConfig> colbert = ColbertConfig.of(model);
    if (colbert.isPresent()) {
      model.requireMadeFor(ModelUse.COLBERT);
      return colbert(settings, model, colbert.get(), wishes);
    }
    model.requireMadeFor(ModelUse.RERANKER);
    int maxLength = settings.maxLength(model); // throws where the model cannot have it
    Optional<LateConfig> late =
        LateConfig.of(model).map(read -> read.atMost(settings.maxLengthWanted()));
    if (late.isPresent() && !settings.source().hasChosenGraph()) {
      return apart(settings, model, late.get(), wishes);
    }
    requireApart(wishes.preparedFormat().isPresent(), "preparedFormat", settings.name());
    requireApart(wishes.cacheBytes().isPresent(), "cache", settings.name());
    var parts =
        new Engine.Parts(
            settings.source().graph(),
            TextTokenizer::pair,
            List.of(new GraphOutput.Wish(LOGITS, false)),
            late.map(each -> each.query().maxLength() + each.passage().maxLength())
                .orElse(maxLength));
    Engine engine = Engine.open(settings, model, parts);
    try {
      return together(engine, new RerankerConfig(model), late, wishes);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static RerankerModel apart(
      EngineSettings settings, ModelConfig model, LateConfig late, Wishes wishes) {
    requireOneLabel(wishes, settings.name());
    var config = new RerankerConfig(model);
    Activation activation = wishes.activation().orElseGet(() -> config.activation(1));
    String prompt = wishes.queryPrompt().orElseGet(config::queryPrompt);
    GraphFile graph = GraphFile.open(LateConfig.scorer(model));
    Engine engine = LateEncoder.open(settings, model, late);
    try {
      LateScorer scorer =
          LateScorer.open(
              settings.name(), graph, late.vectorSize(), late.meanSize(), model.config().where());
      engine.alsoCloses(scorer::close);
      var encoder =
          new LateEncoder(
              engine, late, prompt, wishes.preparedFormat().orElse(PreparedFormat.INT8));
      var both = new LateGraphs(encoder, scorer);
      Fingerprint fingerprint = encoder.embeds().with("scorer", Fingerprint.digest(graph));
      return new RerankerModel(
          engine,
          cached(apart(both, wishes), wishes, fingerprint, true),
          Optional.of(both),
          Optional.of(new LateEmbedder(encoder)),
          PRIOR,
          activation,
          fingerprint);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /**
   * A ColBERT's score is a sum over the query's tokens, not a logit: no function makes a
   * probability of it, and the weight that a first stage's order deserves beside it is not known.
   */
  private static RerankerModel colbert(
      EngineSettings settings, ModelConfig model, ColbertConfig config, Wishes wishes) {
    requireOneLabel(wishes, settings.name());
    if (!wishes.queryPrompt().orElse("").isEmpty()) {
      throw new IllegalArgumentException(
          "queryPrompt is for models that have one; '%s' marks queries by its own token: leave it out"
              .formatted(settings.name()));
    }
    ColbertModel late =
        ColbertModel.open(
            settings, model, config, wishes.preparedFormat().orElse(PreparedFormat.INT8));
    Fingerprint fingerprint = late.fingerprint();
    return new RerankerModel(
        late.engine(),
        cached(apart(late, wishes), wishes, fingerprint, true),
        Optional.of(late),
        Optional.empty(),
        ScoreCombiner.replace(),
        wishes.activation().orElse(Activation.IDENTITY),
        fingerprint);
  }

  private static EncodeApart apart(LateModel model, Wishes wishes) {
    return new EncodeApart(
        model,
        wishes.reencodeForeign(),
        wishes.cacheBytes().isPresent() ? new PassageCache(wishes.cacheBytes().getAsLong()) : null);
  }

  private static RerankerModel together(
      Engine engine, RerankerConfig config, Optional<LateConfig> late, Wishes wishes) {
    int labels = CrossEncoding.labels(engine);
    if (labels == 1) {
      requireOneLabel(wishes, engine.info().name());
    }
    int positive = labels == 1 ? 0 : wishes.positiveLabel().orElseGet(config::positiveLabel);
    String prompt = wishes.queryPrompt().orElseGet(config::queryPrompt);
    Fingerprint fingerprint =
        engine.fingerprint().with("positive", positive).with("queryPrompt", prompt);
    return new RerankerModel(
        engine,
        cached(CrossEncoding.of(engine, prompt, positive, late), wishes, fingerprint, false),
        Optional.empty(),
        Optional.empty(),
        PRIOR,
        wishes.activation().orElseGet(() -> config.activation(labels)),
        fingerprint);
  }

  private static PairScoring cached(
      PairScoring scoring, Wishes wishes, Fingerprint fingerprint, boolean readsPrepared) {
    return wishes
        .scoreCache()
        .<PairScoring>map(
            cache -> new CachedScoring(scoring, cache, fingerprint.toString(), readsPrepared))
        .orElse(scoring);
  }

  private static void requireOneLabel(Wishes wishes, String name) {
    int wanted = wishes.positiveLabel().orElse(0);
    if (wanted != 0) {
      throw new IllegalArgumentException(
          "positiveLabel is %d; '%s' gives one label, 0".formatted(wanted, name));
    }
  }

  private static void requireApart(boolean set, String setting, String name) {
    if (set) {
      throw new IllegalArgumentException(
          "%s is for late-interaction models; '%s' reads query and passage together: leave it out"
              .formatted(setting, name));
    }
  }
}
