package dev.reranker.onnx;

import dev.reranker.Embedder;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.Scorer;
import dev.reranker.SearchContext;
import dev.reranker.cache.ScoreCache;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import dev.reranker.internal.Checks;
import dev.reranker.passage.PassagePreparer;
import dev.reranker.passage.TextRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A reranker on ONNX Runtime: gives one logit for each pair of query and passage.
 *
 * {@snippet :
 * try (OnnxReranker reranker = OnnxReranker.builder().build()) { // the bundled default model
 *   RerankResult result = reranker.rerank("how do whales sleep", passages);
 * }
 * }
 *
 * <p><b>Kinds of models.</b> A <i>cross-encoder</i> reads query and passage together. A
 * <i>late-interaction</i> model, such as the default one, encodes them apart, the query once for
 * each request, and lets them meet in a small scorer; {@code config.json} has a section {@code
 * late_interaction} then. So its passages can be {@linkplain #prepare prepared} when they are
 * indexed, and a request costs the query and the scorer alone; and it is an {@linkplain #embedder()
 * embedder} as well. A <i>ColBERT</i>, in PyLate's layout or Stanford's, is late interaction by
 * MaxSim: its score is the sum over the query's tokens of the best cosine among the passage's, and
 * what marks, fills and cuts texts is read from its files.
 *
 * <p><b>Input.</b> A cross-encoder joins query and passage as its tokenizer does, for example
 * {@code [CLS] query [SEP] passage [SEP]}, to at most {@link ModelInfo#maxLength()} tokens. At
 * least {@value #MIN_PASSAGE_TOKENS} tokens (a quarter of the length, where that is less) are kept
 * for the passage; a query that leaves fewer is an {@link IllegalArgumentException}. Encoded apart,
 * each has a length of its own, the default model's 512 and 511, and a longer query is an {@link
 * IllegalArgumentException}. Only the passage is cut, at its end, and results say so ({@link
 * dev.reranker.Hit#truncated()}). Any text is a passage, the empty one too; lone surrogates count
 * as U+FFFD.
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
public final class OnnxReranker implements Reranker, Scorer, PassagePreparer {

  /** Tokens that are kept for the passage, however long the query is. */
  public static final int MIN_PASSAGE_TOKENS = 32;

  private final Engine engine;
  private final PairScoring scoring;
  private final @Nullable LateModel late;
  private final @Nullable Embedder embedder;
  private final ScoreCombiner combiner;
  private final Activation activation;
  private final ModelInfo info;

  private OnnxReranker(RerankerModel model) {
    this.engine = model.engine();
    this.scoring = model.scoring();
    this.late = model.late().orElse(null);
    this.embedder = model.embedder().orElse(null);
    this.combiner = model.combiner();
    this.activation = model.activation();
    this.info = engine.info().with(model.fingerprint().with("activation", activation));
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
   * Scores pairs of the model's full length, as many as its threads run at once, so that threads,
   * native memory and compiled code are there before the first search; and shows that the model
   * works, so it is a health check too. Nothing comes from a cache. It waits its turn behind the
   * calls in flight.
   *
   * @throws InferenceException if the model fails, or gives what is no finite number
   * @throws dev.reranker.error.OverloadException if the model's queue is full
   * @throws CancelledException if the thread is interrupted; it stays so
   * @throws IllegalStateException if this reranker is closed
   */
  public void warmUp() {
    score(WarmUp.query(), WarmUp.passages(info));
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

  /**
   * Tells where the tokens are that the model's tokenizer makes of a text: all of it, special
   * tokens left out. For reading long texts in windows, for example {@code
   * Windows.builder(reranker, reranker::tokenSpans)}.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @return the place of each token in the text as given, not as the tokenizer changes it, in Java
   *     chars; rising, never within a surrogate pair, and empty for an empty text. A token that the
   *     tokenizer itself puts in has an empty range
   * @throws NullPointerException if the text is null
   * @throws InferenceException if the tokenizer fails
   * @throws IllegalStateException if this reranker is closed
   */
  public List<TextRange> tokenSpans(String text) {
    return engine.tokenSpans(text);
  }

  @Override
  public String name() {
    return engine.info().name();
  }

  /**
   * Joins the logit with the order before it: {@link ScoreCombiner#rankPrior} of weight 1; of a
   * ColBERT, whose score is no logit, {@link ScoreCombiner#replace}.
   *
   * @return the combiner
   */
  @Override
  public ScoreCombiner combiner() {
    return combiner;
  }

  @Override
  public boolean prepares() {
    return late != null;
  }

  /** {@inheritDoc} It covers how a passage is read, not how a query is, nor the scorer. */
  @Override
  public String preparedFingerprint() {
    return late().preparedFingerprint();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It gives the encoder's mean vector, of length 1.
   *
   * @return the embedder; empty for a cross-encoder and for a ColBERT
   */
  @Override
  public Optional<Embedder> embedder() {
    return Optional.ofNullable(embedder);
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancelledException if the thread is interrupted before all is read; it stays so
   * @throws IllegalStateException if this reranker is closed
   */
  @Override
  public List<Prepared> prepareAndEmbed(List<String> passages) {
    return late().prepare(passages);
  }

  private LateModel late() {
    if (late == null) {
      throw new UnsupportedOperationException(
          "'%s' reads query and passage together, so nothing can be prepared of a passage: use a late-interaction model, such as the default one"
              .formatted(name()));
    }
    return late;
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
    engine.call(
        logits.length,
        () -> scoring.run(query, Passages.of(texts), logits, SearchContext.create()));
    return Work.finite(logits, name());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Candidates that carry a prepared passage are scored by it, first; a cross-encoder reads
   * their texts. The others are read in the order they come in, some tens or hundreds at a time.
   * Once the request's deadline has passed, what is under way is finished and the rest is left
   * unscored, which the report says.
   *
   * @throws CancelledException if the request's context is cancelled, or the thread is interrupted
   *     before all is scored; it stays so
   * @throws IllegalArgumentException if the query is blank or too long, or a passage was prepared
   *     by another model; the message names the document and both fingerprints
   * @throws InferenceException if the model fails, or a prepared passage is damaged; the message
   *     names the document
   */
  @Override
  public RerankResult rerank(RerankRequest request) {
    long start = System.nanoTime();
    Checks.query(request.query());
    Passages passages = Passages.of(request);
    float[] logits = new float[passages.count()];
    Work work =
        engine.call(
            logits.length, () -> scoring.run(request.query(), passages, logits, request.context()));
    return work.recorded(RerankResult.builder(request, name()), logits, activation)
        .took(Duration.ofNanos(System.nanoTime() - start))
        .build();
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
    private Optional<PreparedFormat> preparedFormat = Optional.empty();
    private boolean reencodeForeign;
    private OptionalLong cacheBytes = OptionalLong.empty();
    private Optional<ScoreCache> scoreCache = Optional.empty();

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
     * Sets how the numbers of {@linkplain OnnxReranker#prepare prepared} passages are kept;
     * default: {@link PreparedFormat#INT8}. What is scored may be of any format.
     *
     * @param format the format
     * @return this
     */
    public Builder preparedFormat(PreparedFormat format) {
      this.preparedFormat = Optional.of(format);
      return this;
    }

    /**
     * Sets what happens to a passage that another model prepared; default: false, it is an {@link
     * IllegalArgumentException}. A cross-encoder reads the text in any case.
     *
     * @param reencode whether its text is read, as if it had not been prepared
     * @return this
     */
    public Builder reencodeForeign(boolean reencode) {
      this.reencodeForeign = reencode;
      return this;
    }

    /**
     * Keeps what was read of passages, so that one seen in an earlier request costs the scorer
     * alone; default: nothing is kept. A passage takes what {@link PreparedFormat#FLOAT32} does,
     * the default model's about 520 bytes for each token; its score does not change. What was not
     * used for longest goes first. For late-interaction models.
     *
     * @param bytes how much is kept at most, at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder cache(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("cache is " + bytes + " bytes; it is at least 1");
      }
      this.cacheBytes = OptionalLong.of(bytes);
      return this;
    }

    /**
     * Keeps logits, so that a pair of query and passage that was scored before costs nothing;
     * default: none are kept. A kept logit is to the bit the one that was computed; {@link
     * dev.reranker.StageReport#cached()} counts them.
     *
     * @param cache the cache, which stays the caller's and may serve several models
     * @return this
     */
    public Builder scoreCache(ScoreCache cache) {
      this.scoreCache = Optional.of(cache);
      return this;
    }

    /**
     * Loads the model: the given one, or the default that the artifact {@code reranker-late-l6}
     * holds.
     *
     * @return the reranker, to be closed by the caller
     * @throws ModelLoadException if a file is missing or damaged, or the model is neither a
     *     cross-encoder with one or two labels nor one of late interaction
     * @throws IllegalArgumentException if a setting does not fit the model
     */
    public OnnxReranker build() {
      EngineSettings settings = settings(RerankerModel::bundled);
      var wishes =
          new RerankerModel.Wishes(
              activation,
              queryPrompt,
              positiveLabel,
              preparedFormat,
              reencodeForeign,
              cacheBytes,
              scoreCache);
      return new OnnxReranker(RerankerModel.load(settings, wishes));
    }
  }
}
