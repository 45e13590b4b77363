package dev.reranker.onnx;

import dev.reranker.InferenceException;
import dev.reranker.ModelLoadException;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.RerankStats;
import dev.reranker.Reranker;
import dev.reranker.Scorer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A cross-encoder on ONNX Runtime: reads query and passage together and gives one logit a pair.
 *
 * {@snippet :
 * try (OnnxReranker reranker = OnnxReranker.builder().build()) { // the bundled default model
 *   RerankResult result = reranker.rerank("how do whales sleep", passages);
 * }
 * }
 *
 * <p><b>Input.</b> Query and passage are joined as the model's tokenizer joins them, for example
 * {@code [CLS] query [SEP] passage [SEP]}, to at most {@link ModelInfo#maxLength()} tokens. Only
 * the passage is cut, at its end, and results say so ({@link
 * dev.reranker.RankedDocument#truncated()}). At least {@value #MIN_PASSAGE_TOKENS} tokens (a
 * quarter of the length, where that is less) are kept for the passage; a query that leaves fewer is
 * an {@link IllegalArgumentException}. Any text is a passage, the empty one too; lone surrogates
 * count as U+FFFD.
 *
 * <p><b>Scores.</b> The logit is the model's raw output; of a head with two labels it is the second
 * minus the first, or the first minus the second where the labels' names say so. The score is its
 * activation: the one that the model's files name, otherwise the sigmoid. Scores do not depend on
 * what else is in the list: the same pair has the same logit to 1e-4 alone or among thousands.
 *
 * <p><b>Threads and memory.</b> One instance serves any number of threads and runs at most {@link
 * ModelInfo#threads()} batches at a time, on threads of its own. Memory follows the batch budget,
 * not the length of the list. {@link #close()} waits for calls in flight. An interrupted caller
 * gets an {@link InferenceException} and stays interrupted.
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
    if (!flat || labels < 1 || labels > 2) {
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
   * @throws NullPointerException if an argument or a passage is null
   * @throws IllegalStateException if this reranker is closed
   */
  @Override
  public float[] score(String query, List<String> passages) {
    Objects.requireNonNull(query, "query");
    Engine.requireTexts(passages);
    float[] logits = engine.call(() -> run(query, passages)).logits;
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new InferenceException(
            "'%s' gave %s for passage %d of %d: the model is damaged or overflows"
                .formatted(name(), logits[i], i, logits.length));
      }
    }
    return logits;
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    long start = System.nanoTime();
    Scored scored = engine.call(() -> run(request.query(), request.texts()));
    var stats =
        new RerankStats(
            scored.logits.length,
            0,
            scored.truncated.cardinality(),
            scored.work.tokens(),
            scored.work.paddedTokens(),
            Duration.ofNanos(System.nanoTime() - start));
    return RerankResult.ranked(request, name(), scored.logits, activation, scored.truncated, stats);
  }

  private record Scored(float[] logits, BitSet truncated, Engine.Work work) {}

  private Scored run(String query, List<String> passages) {
    TokenIds queryIds = encodeQuery(query);
    int room = engine.room() - queryIds.count();
    long request = engine.begin();
    TokenIds[] tokens = engine.encodeAll(request, passages, room);

    var truncated = new BitSet(tokens.length);
    int[] lengths = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      lengths[i] = queryIds.count() + tokens[i].count();
      truncated.set(i, tokens[i].truncated());
    }
    float[] logits = new float[tokens.length];
    Engine.Work work =
        engine.run(
            request,
            lengths,
            row -> new TokenIds[] {queryIds, tokens[row]},
            (batch, values) -> {
              for (int i = 0; i < batch.rows().length; i++) {
                logits[batch.rows()[i]] =
                    labels == 1
                        ? values.get(i)
                        : values.get(2 * i + positive) - values.get(2 * i + 1 - positive);
              }
            });
    return new Scored(logits, truncated, work);
  }

  private TokenIds encodeQuery(String query) {
    if (query.isBlank()) {
      throw new IllegalArgumentException("the query is blank: give at least one word");
    }
    TokenIds tokens = engine.encode(queryPrompt + query, queryLimit);
    if (tokens.truncated()) {
      int most = 100_000;
      TokenIds all = engine.encode(queryPrompt + query, most);
      throw new IllegalArgumentException(
          "query has %s%d tokens; '%s' takes %d for query and passage together, of which a query may use %d: shorten it or choose a model with a longer window"
              .formatted(
                  all.truncated() ? "more than " : "",
                  all.count(),
                  name(),
                  engine.info().maxLength(),
                  queryLimit));
    }
    return tokens;
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
