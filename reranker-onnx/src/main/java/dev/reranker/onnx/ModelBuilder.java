package dev.reranker.onnx;

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

  private @Nullable ModelSource source;
  private @Nullable String name;
  private OptionalInt maxLength = OptionalInt.empty();
  private OptionalInt threads = OptionalInt.empty();
  private OptionalInt batchTokens = OptionalInt.empty();
  private List<ExecutionProvider> providers = List.of(ExecutionProvider.cpu());

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
   * on the CPU, 2 on a GPU.
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

  EngineSettings settings(Supplier<ModelSource> defaultSource) {
    ModelSource from = source == null ? defaultSource.get() : source;
    return new EngineSettings(
        from, name == null ? from.name() : name, maxLength, threads, batchTokens, providers);
  }

  private static OptionalInt atLeast(int least, String what, int value) {
    if (value < least) {
      throw new IllegalArgumentException(what + " is " + value + "; it is at least " + least);
    }
    return OptionalInt.of(value);
  }
}
