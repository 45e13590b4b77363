package dev.reranker.onnx;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.Scorer;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A cross-encoder on ONNX Runtime: reads query and passage together and gives one logit per pair.
 *
 * {@snippet :
 * try (OnnxReranker reranker = OnnxReranker.builder().build()) { // the bundled default model
 *   RerankResult result = reranker.rerank("how do whales sleep", passages);
 * }
 * }
 *
 * <p><b>Input.</b> Query and passage are joined as the model's tokenizer joins them, for example
 * {@code [CLS] query [SEP] passage [SEP]}, to at most {@link ModelInfo#maxLength()} tokens. Only
 * the passage is cut, at its end, and results say so ({@link dev.reranker.Hit#truncated()}). At
 * least {@value #MIN_PASSAGE_TOKENS} tokens (a quarter of the length, where that is less) are kept
 * for the passage; a query that leaves fewer is an {@link IllegalArgumentException}. Any text is a
 * passage, the empty one too; lone surrogates count as U+FFFD.
 *
 * <p><b>Scores.</b> The logit is the model's raw output; of a head with two labels it is the second
 * minus the first, or the first minus the second where the labels' names say so. The score is its
 * activation: the one that the model's files name, otherwise the sigmoid. Scores do not depend on
 * what else is in the list: the same pair has the same logit to 1e-4 alone or among thousands.
 *
 * <p><b>Threads and memory.</b> One instance serves any number of threads and runs at most {@link
 * ModelInfo#threads()} batches at a time, on threads of its own; the caller's list is read on the
 * caller's thread alone. Memory follows the batch budget, not the length of the list: candidates
 * are taken in waves, the first of them first. {@link #close()} refuses new calls and waits for
 * those in flight. An interrupted caller gets a {@link CancelledException} and stays interrupted.
 */
public final class OnnxReranker implements Reranker, Scorer {

  /** Tokens that are kept for the passage, however long the query is. */
  public static final int MIN_PASSAGE_TOKENS = 32;

  static final String DEFAULT_MODEL = "dev/reranker/models/minilm-l6";

  private final Engine engine;
  private final Activation activation;
  private final int labels;
  private final int positive;
  private final String queryPrompt;
  private final int queryLimit;
  private final ModelInfo info;

  private OnnxReranker(Engine engine, Builder builder, RerankerConfig config) {
    this.engine = engine;
    this.labels = labels(engine);
    this.positive = positive(builder.positiveLabel, config);
    this.activation = builder.activation.orElseGet(() -> config.activation(labels));
    this.queryPrompt = builder.queryPrompt.orElseGet(config::queryPrompt);
    this.info =
        engine
            .info()
            .with(
                engine
                    .fingerprint()
                    .with("activation", activation)
                    .with("positive", positive)
                    .with("queryPrompt", queryPrompt));
    int room = engine.room();
    this.queryLimit = room - Math.min(MIN_PASSAGE_TOKENS, room / 4);
    if (queryLimit < 1) {
      throw new IllegalArgumentException(
          "maxLength is %d tokens; query and passage need at least 4 besides the special ones"
              .formatted(engine.info().maxLength()));
    }
  }

  private static int labels(Engine engine) {
    GraphOutput output = engine.output();
    int labels = output.width();
    boolean flat = output.rowShape().length <= 1 || labels == 1;
    if (!flat || output.perToken() || labels < 1 || labels > 2) {
      throw RerankerConfig.notOneOrTwo(engine.info().name(), output);
    }
    return labels;
  }

  private int positive(OptionalInt wanted, RerankerConfig config) {
    if (labels == 2) {
      return wanted.orElseGet(config::positiveLabel);
    }
    if (wanted.orElse(0) != 0) {
      throw new IllegalArgumentException(
          "positiveLabel is %d; '%s' gives one label, 0".formatted(wanted.getAsInt(), name()));
    }
    return 0;
  }

  /**
   * Starts a reranker.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What was loaded and how it runs.
   *
   * @return the model's facts
   */
  public ModelInfo info() {
    return info;
  }

  /**
   * Counts the tokens that the model's tokenizer makes of a text: all of it, special tokens left
   * out. For cutting long texts, for example {@code
   * PassageSplitter.builder().tokenCounter(reranker::countTokens)}.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @return the number of tokens, 0 for an empty text
   * @throws NullPointerException if the text is null
   * @throws IllegalStateException if this reranker is closed
   */
  public int countTokens(String text) {
    return engine.countTokens(text);
  }

  @Override
  public String name() {
    return engine.info().name();
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancelledException if the thread is interrupted before all is scored; it stays so
   * @throws NullPointerException if an argument or a passage is null
   * @throws IllegalStateException if this reranker is closed
   */
  @Override
  public float[] score(String query, List<String> passages) {
    Checks.query(query);
    List<String> texts = Checks.copyOf(passages, "passage");
    float[] logits = new float[texts.size()];
    engine.call(() -> run(query, texts, logits, SearchContext.create()));
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new InferenceException(
            "'%s' gave %s for passage %d of %d: the model is damaged or overflows"
                .formatted(name(), logits[i], i, logits.length));
      }
    }
    return logits;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Candidates are read in the order they come in, some tens or hundreds at a time. Once the
   * request's deadline has passed, what is under way is finished and the rest is left unscored,
   * which the report says.
   *
   * @throws CancelledException if the request's context is cancelled, or the thread is interrupted
   *     before all is scored; it stays so
   */
  @Override
  public RerankResult rerank(RerankRequest request) {
    long start = System.nanoTime();
    Checks.query(request.query());
    List<String> texts = request.candidates().stream().map(hit -> hit.document().text()).toList();
    float[] logits = new float[texts.size()];
    Work work = engine.call(() -> run(request.query(), texts, logits, request.context()));
    RerankResult.Builder result = RerankResult.builder(request, name());
    work.done().stream()
        .forEach(
            i -> {
              result.score(i, activation.applyAsDouble(logits[i]), logits[i]);
              if (work.truncated(i)) {
                result.truncated(i);
              }
            });
    if (work.pastDeadline()) {
      result.pastDeadline();
    }
    return result
        .tokens(work.tokens(), work.paddedTokens())
        .took(Duration.ofNanos(System.nanoTime() - start))
        .build();
  }

  /** Writes the logits of the passages that are done, in input order. */
  private Work run(String query, List<String> passages, float[] logits, SearchContext context) {
    TokenIds queryIds =
        engine.encodeQuery(queryPrompt, query, queryLimit, " for query and passage together");
    int room = engine.room() - queryIds.count();
    return engine.run(
        passages,
        i ->
            new TokenIds[] {
              queryIds,
              engine.encode(passages.get(i), room, () -> "passage " + i + " of " + passages.size())
            },
        row ->
            logits[row.index()] =
                labels == 1 ? row.get(0) : row.get(positive) - row.get(1 - positive),
        context);
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder extends ModelBuilder<Builder> {

    private Optional<Activation> activation = Optional.empty();
    private Optional<String> queryPrompt = Optional.empty();
    private OptionalInt positiveLabel = OptionalInt.empty();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets what makes a score of a logit; default: as the model's files say, otherwise {@link
     * Activation#SIGMOID}.
     *
     * @param activation the function
     * @return this
     */
    public Builder activation(Activation activation) {
      this.activation = Optional.of(activation);
      return this;
    }

    /**
     * Sets which of two labels says that a passage is relevant; default: as their names in {@code
     * config.json} tell, such as {@code irrelevant} and {@code relevant}, and the second where they
     * have none.
     *
     * @param label 0 or 1
     * @return this
     * @throws IllegalArgumentException if it is neither
     */
    public Builder positiveLabel(int label) {
      if (label != 0 && label != 1) {
        throw new IllegalArgumentException("positiveLabel is " + label + "; it is 0 or 1");
      }
      this.positiveLabel = OptionalInt.of(label);
      return this;
    }

    /**
     * Sets what is put before each query; default: the prompt that the model's files call the
     * default, if they do.
     *
     * @param prompt the text, with its trailing space; empty for none
     * @return this
     */
    public Builder queryPrompt(String prompt) {
      this.queryPrompt = Optional.of(prompt);
      return this;
    }

    /**
     * Loads the model: the given one, or the default that the artifact {@code reranker-minilm-l6}
     * holds.
     *
     * @return the reranker, to be closed by the caller
     * @throws ModelLoadException if a file is missing or damaged, or the model is not a
     *     cross-encoder with one or two labels
     * @throws IllegalArgumentException if a setting does not fit the model
     */
    public OnnxReranker build() {
      EngineSettings settings = settings(Builder::bundled);
      var config = new ModelConfig(settings.source());
      config.requireMadeFor(ModelUse.RERANKER);
      Engine engine = Engine.open(settings, config, 2, List.of("logits", "scores", "output"));
      try {
        return new OnnxReranker(engine, this, new RerankerConfig(config));
      } catch (RuntimeException | Error e) {
        engine.close();
        throw e;
      }
    }

    private static ModelSource bundled() {
      ModelSource source = ModelSource.classpath(DEFAULT_MODEL);
      if (!source.hasGraph()) {
        throw new ModelLoadException(
            "no model was given and the default one is not on the class path: add the dependency"
                + " dev.reranker:reranker-minilm-l6, or call model(ModelSource.directory(..))");
      }
      return source;
    }
  }
}
