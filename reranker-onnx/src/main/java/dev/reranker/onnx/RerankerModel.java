package dev.reranker.onnx;

import dev.reranker.cache.ScoreCache;
import dev.reranker.error.ModelLoadException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A loaded reranker.
 *
 * @param encoder of a late-interaction model, whose scoring it is a part of
 * @param engine the model at work; closing it closes all
 * @param scoring how it scores
 * @param activation what makes a score of a logit
 * @param fingerprint all that changes a logit
 */
record RerankerModel(
    Engine engine,
    PairScoring scoring,
    Optional<LateEncoder> encoder,
    Activation activation,
    Fingerprint fingerprint) {

  private static final List<String> LOGITS = List.of("logits", "scores", "output");

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
      LateScorer scorer = LateScorer.open(settings.name(), graph, late, model.config().where());
      engine.alsoCloses(scorer::close);
      var encoder =
          new LateEncoder(
              engine, late, prompt, wishes.preparedFormat().orElse(PreparedFormat.INT8));
      var scoring =
          new EncodeApart(
              encoder,
              scorer,
              wishes.reencodeForeign(),
              wishes.cacheBytes().isPresent()
                  ? new PassageCache(wishes.cacheBytes().getAsLong())
                  : null);
      Fingerprint fingerprint = encoder.embeds().with("scorer", Fingerprint.digest(graph));
      return new RerankerModel(
          engine,
          cached(scoring, wishes, fingerprint, true),
          Optional.of(encoder),
          activation,
          fingerprint);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
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
