package dev.reranker.onnx;

import dev.reranker.Embedder;
import dev.reranker.error.ModelLoadException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A bi-encoder on ONNX Runtime: turns a text into one vector.
 *
 * {@snippet :
 * try (OnnxEmbedder embedder = OnnxEmbedder.builder().model(ModelSource.directory(path)).build()) {
 *   float[] vector = embedder.embedQuery("how do whales sleep");
 * }
 * }
 *
 * <p>Pooling, normalisation, prompts and length come from the model's files ({@code modules.json},
 * {@code 1_Pooling/config.json}, {@code config_sentence_transformers.json}, …) or the builder. A
 * graph that already pools (an output {@code sentence_embedding}) is taken as it is. A passage
 * beyond {@link ModelInfo#maxLength()} tokens is cut; a query beyond them, its prompt included, is
 * an {@link IllegalArgumentException}.
 *
 * <p>One instance serves any number of threads and reads the caller's list on the caller's thread
 * alone; memory follows the batch budget, not the length of the list. {@link #close()} refuses new
 * calls and waits for those in flight. An interrupted caller gets a {@link
 * dev.reranker.error.CancelledException} and stays interrupted.
 */
public final class OnnxEmbedder implements Embedder {

  private final TextEncoder encoder;
  private final Pooling pooling;
  private final boolean normalize;

  private OnnxEmbedder(TextEncoder encoder, Pooling pooling, boolean normalize) {
    this.encoder = encoder;
    this.pooling = pooling;
    this.normalize = normalize;
    OnnxSession.Output output = encoder.output();
    if (output.rowShape().length != (output.perToken() ? 2 : 1)) {
      throw new ModelLoadException(
          "'%s' gives its output '%s' with the row shape %s; an embedder gives [batch, tokens, dimension] or [batch, dimension]"
              .formatted(name(), output.name(), Arrays.toString(output.rowShape())));
    }
  }

  /**
   * Starts an embedder.
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
    return encoder.info();
  }

  /**
   * Counts the tokens that the model's tokenizer makes of a text: all of it, special tokens and
   * prompts left out. For cutting long texts, for example {@code
   * PassageSplitter.builder().tokenCounter(embedder::countTokens)}.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @return the number of tokens, 0 for an empty text
   * @throws NullPointerException if the text is null
   * @throws IllegalStateException if this embedder is closed
   */
  public int countTokens(String text) {
    return encoder.countTokens(text);
  }

  @Override
  public String name() {
    return encoder.info().name();
  }

  @Override
  public int dimension() {
    return encoder.output().width();
  }

  @Override
  public float[] embedQuery(String query) {
    return encoder.query(query, float[][]::new, this::vector);
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return List.of(encoder.passages(passages, float[][]::new, this::vector));
  }

  private float[] vector(Row row) {
    return encoder.finish(pool(row), normalize, row);
  }

  /** A text's vector before normalisation. */
  private float[] pool(Row row) {
    int dimension = dimension();
    float[] vector = new float[dimension];
    if (!encoder.output().perToken() || pooling == Pooling.CLS) {
      row.get(0, vector);
      return vector;
    }
    float[] token = new float[dimension];
    double[] sum = new double[dimension];
    for (int t = 0; t < row.length(); t++) {
      row.get(t, token);
      for (int d = 0; d < dimension; d++) {
        sum[d] += token[d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) (sum[d] / row.length());
    }
    return vector;
  }

  @Override
  public void close() {
    encoder.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder extends EmbedderBuilder<Builder> {

    private Optional<Pooling> pooling = Optional.empty();
    private Optional<Boolean> normalize = Optional.empty();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets the pooling; default: as {@code 1_Pooling/config.json} says, otherwise the mean.
     *
     * @param pooling how token vectors become one
     * @return this
     */
    public Builder pooling(Pooling pooling) {
      this.pooling = Optional.of(pooling);
      return this;
    }

    /**
     * Sets whether vectors are brought to length 1; default: as {@code modules.json} says,
     * otherwise yes.
     *
     * @param normalize whether to
     * @return this
     */
    public Builder normalize(boolean normalize) {
      this.normalize = Optional.of(normalize);
      return this;
    }

    /**
     * Loads the model.
     *
     * @return the embedder, to be closed by the caller
     * @throws ModelLoadException if a file is missing or damaged, or the model is not a bi-encoder
     * @throws IllegalStateException if no model was given
     * @throws IllegalArgumentException if a setting does not fit the model
     */
    public OnnxEmbedder build() {
      EngineSettings settings = settings();
      var config = new ModelConfig(settings.source());
      Pooling chosenPooling = pooling.orElseGet(config::pooling);
      boolean chosenNormalize = normalize.orElseGet(config::normalize);
      return open(
          settings,
          config,
          List.of("sentence_embedding", "last_hidden_state", "token_embeddings"),
          encoder -> new OnnxEmbedder(encoder, chosenPooling, chosenNormalize));
    }
  }
}
