package dev.reranker.onnx;

/** What a loaded model is and how it runs. */
public final class ModelInfo {

  private final String name;
  private final String fingerprint;
  private final String graph;
  private final ExecutionProvider provider;
  private final int maxLength;
  private final int threads;
  private final int batchTokens;

  ModelInfo(
      String name,
      String fingerprint,
      String graph,
      ExecutionProvider provider,
      int maxLength,
      int threads,
      int batchTokens) {
    this.name = name;
    this.fingerprint = fingerprint;
    this.graph = graph;
    this.provider = provider;
    this.maxLength = maxLength;
    this.threads = threads;
    this.batchTokens = batchTokens;
  }

  /** The same model, whose fingerprint covers more settings. */
  ModelInfo with(Fingerprint fingerprint) {
    return new ModelInfo(
        name, fingerprint.toString(), graph, provider, maxLength, threads, batchTokens);
  }

  /**
   * The model's name: a label for people, not an identity.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * The model's identity: a digest of its graph, weights and tokenizer, and of the settings that
   * change what it gives (pooling, normalisation, prompts, length, activation, …). It does not
   * depend on names and places, nor on threads, batches or the hardware; the same model under
   * another name has the same one, and what differs in one of these has another.
   *
   * @return {@code v1-} and 32 hexadecimal digits
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * The graph that was taken, of several that the model may have.
   *
   * @return the file's name, without its folder
   */
  public String graph() {
    return graph;
  }

  /**
   * The hardware it really runs on, after any fallback.
   *
   * @return the provider
   */
  public ExecutionProvider provider() {
    return provider;
  }

  /**
   * How many tokens a row takes at most, special tokens included.
   *
   * @return the length
   */
  public int maxLength() {
    return maxLength;
  }

  /**
   * How many batches run at the same time, whatever the number of callers.
   *
   * @return at least 1
   */
  public int threads() {
    return threads;
  }

  /**
   * The budget of padded tokens for one batch.
   *
   * @return at least 1
   */
  public int batchTokens() {
    return batchTokens;
  }

  /** All of it, for the log. */
  @Override
  public String toString() {
    return "%s (%s), %s on %s: %d tokens, %d threads, batches of %d tokens"
        .formatted(name, fingerprint, graph, provider, maxLength, threads, batchTokens);
  }
}
