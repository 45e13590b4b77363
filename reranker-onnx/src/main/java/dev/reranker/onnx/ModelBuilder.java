package dev.reranker.onnx;

import dev.reranker.error.OverloadException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings that every model has; not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class ModelBuilder<B extends ModelBuilder<B>> {

  private static final int MOST_INTRA_OP_THREADS = 1024;

  private @Nullable ModelSource source;
  private @Nullable String name;
  private Precision precision = Precision.FULL;
  private OptionalInt maxLength = OptionalInt.empty();
  private OptionalInt threads = OptionalInt.empty();
  private OptionalInt batchTokens = OptionalInt.empty();
  private List<ExecutionProvider> providers = List.of(ExecutionProvider.cpu());
  private int intraOpThreads = 1;
  private int queueLimit = Queueing.ROWS;
  private boolean shareBatches = true;
  private Duration coalesce = Duration.ZERO;
  private Duration closeGrace = Queueing.GRACE;

  ModelBuilder() {}

  abstract B self();

  /**
   * Sets where the model's files are.
   *
   * @param source the source
   * @return this
   */
  public B model(ModelSource source) {
    this.source = Objects.requireNonNull(source, "source");
    return self();
  }

  /**
   * Sets the name that results, reports and indexes mention; default: {@link ModelSource#name()}.
   *
   * @param name the name, not blank
   * @return this
   * @throws IllegalArgumentException if it is blank
   */
  public B name(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a model's name must not be blank");
    }
    this.name = name;
    return self();
  }

  /**
   * Sets which of the model's graphs is taken where the source has not chosen one; default: {@link
   * Precision#FULL}. It has no effect on a model that encodes apart by two graphs of its own, such
   * as the default one.
   *
   * @param precision the choice
   * @return this
   */
  public B precision(Precision precision) {
    this.precision = Objects.requireNonNull(precision, "precision");
    return self();
  }

  /**
   * Sets how many tokens a row takes at most, special tokens included; default: the length that the
   * model's files name, in the order that {@link ModelSource} lists (sentence-transformers' own
   * file goes before {@code tokenizer_config.json}), at most what the model has positions for;
   * where no length is named, those positions, and where these are not named either, 512.
   *
   * @param tokens at least 8, at most what the model has positions for
   * @return this
   * @throws IllegalArgumentException if it is below 8
   */
  public B maxLength(int tokens) {
    this.maxLength = atLeast(8, "maxLength", tokens);
    return self();
  }

  /**
   * Sets how many batches run at the same time, each on a thread of its own; default: one per core
   * on the CPU, fewer where each has {@linkplain #intraOpThreads(int) more threads}, and 2 on a
   * GPU.
   *
   * @param threads at least 1
   * @return this
   * @throws IllegalArgumentException if it is below 1
   */
  public B threads(int threads) {
    this.threads = atLeast(1, "threads", threads);
    return self();
  }

  /**
   * Sets how many tokens, padding included, a batch may have; default: what was measured to be
   * fastest on a CPU, {@value EngineSettings#CPU_BATCH_TOKENS}, and {@value
   * EngineSettings#GPU_BATCH_TOKENS} on a GPU. A single longer row is still admitted alone. Memory
   * grows with this number times {@link #threads(int)}.
   *
   * @param tokens at least 1
   * @return this
   * @throws IllegalArgumentException if it is below 1
   */
  public B batchTokens(int tokens) {
    this.batchTokens = atLeast(1, "batchTokens", tokens);
    return self();
  }

  /**
   * Sets the hardware: the first of these that works; default: the CPU. Which one it is, {@link
   * ModelInfo#provider()} tells.
   *
   * @param inOrder the preferred first
   * @return this
   * @throws IllegalArgumentException if none is given
   */
  public B executionProviders(ExecutionProvider... inOrder) {
    if (inOrder.length == 0) {
      throw new IllegalArgumentException("give at least one execution provider");
    }
    this.providers = List.of(inOrder);
    return self();
  }

  /**
   * Sets how many threads one batch may use on the CPU; default: 1, since several batches side by
   * side do more than one that is spread. More are for few candidates, a large model and many
   * cores: fewer batches than cores leave some with nothing to do.
   *
   * @param threads from 1 to 1,024
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public B intraOpThreads(int threads) {
    this.intraOpThreads = atLeast(1, "intraOpThreads", threads).getAsInt();
    if (threads > MOST_INTRA_OP_THREADS) {
      throw new IllegalArgumentException(
          "intraOpThreads is %,d; it is at most %,d".formatted(threads, MOST_INTRA_OP_THREADS));
    }
    return self();
  }

  /**
   * Sets how many rows (passages, queries, pairs) all calls together may wait with or have under
   * way; default: 1,000,000. A call with more than there is room for is refused as a whole by an
   * {@link OverloadException}.
   *
   * @param rows at least 1
   * @return this
   * @throws IllegalArgumentException if it is below 1
   */
  public B queueLimit(int rows) {
    this.queueLimit = atLeast(1, "queueLimit", rows).getAsInt();
    return self();
  }

  /**
   * Sets whether rows of several calls may be computed in one batch where more wait than there are
   * threads; default: true. A neighbour of another call changes a score by rounding, at most 1e-4
   * of a logit; with models that are quantized dynamically it would be more, so they never share.
   *
   * @param share whether they may
   * @return this
   */
  public B shareBatches(boolean share) {
    this.shareBatches = share;
    return self();
  }

  /**
   * Sets how long a batch that is not full waits for rows of other calls that are yet to come;
   * default: zero, only what waits already is joined. For a GPU under many small calls; each call
   * is slower by up to this time.
   *
   * @param time at most a second
   * @return this
   * @throws IllegalArgumentException if it is negative or above a second
   */
  public B coalesce(Duration time) {
    if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
      throw new IllegalArgumentException("coalesce is " + time + "; it is from 0 to 1 second");
    }
    this.coalesce = time;
    return self();
  }

  /**
   * Sets how long closing waits for the calls under way; default: 30 seconds. What is not done then
   * is ended, and its callers get an {@link IllegalStateException}.
   *
   * @param time zero: none is waited for; days are as good as for ever
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public B closeGrace(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("closeGrace is " + time + "; it is at least 0");
    }
    this.closeGrace = time;
    return self();
  }

  EngineSettings settings(Supplier<ModelSource> defaultSource) {
    ModelSource from = source == null ? defaultSource.get() : source;
    return new EngineSettings(
        from.preferring(Variants.graphs(precision, providers.getFirst())),
        name == null ? from.name() : name,
        maxLength,
        threads,
        batchTokens,
        providers,
        intraOpThreads,
        new Queueing(queueLimit, shareBatches, coalesce, closeGrace));
  }

  private static OptionalInt atLeast(int least, String what, int value) {
    if (value < least) {
      throw new IllegalArgumentException(what + " is " + value + "; it is at least " + least);
    }
    return OptionalInt.of(value);
  }
}
