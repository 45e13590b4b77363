package dev.reranker.onnx;

import dev.reranker.Embedder;
import dev.reranker.error.ModelLoadException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A bi-encoder on ONNX Runtime: turns a text into one vector.
 *
 * {@snippet :
 * try (OnnxEmbedder embedder = OnnxEmbedder.builder().model(ModelSource.directory(path)).build()) {
 *   float[] vector = embedder.embedQuery("how do whales sleep");
 * }
 * }
 *
 * <p>Pooling, normalisation, prompts and length come from the model's files, as {@link ModelSource}
 * lists, or the builder. A graph that already pools (an output {@code sentence_embedding}) is taken
 * as it is, unless the builder sets a pooling. A passage beyond {@link ModelInfo#maxLength()}
 * tokens is cut; a query beyond them, its prompt included, is an {@link IllegalArgumentException}.
 *
 * <p>One instance serves any number of threads and reads the caller's list on the caller's thread
 * alone; memory follows the batch budget, not the length of the list. {@link #close()} refuses new
 * calls and waits for those in flight. An interrupted caller gets a {@link
 * dev.reranker.error.CancelledException} and stays interrupted.
 */
public final class OnnxEmbedder implements Embedder {

  /** The output of graphs exported with all of sentence-transformers' modules. */
  private static final String POOLED = "sentence_embedding";

  private static final List<String> POOLED_FIRST =
      List.of(POOLED, "last_hidden_state", "token_embeddings");
  private static final List<String> TOKENS_FIRST =
      List.of("last_hidden_state", "token_embeddings", POOLED);

  private final TextEncoder encoder;
  private final Pooling pooling;
  private final boolean normalize;
  private final int dimension;
  private final ModelInfo info;

  private OnnxEmbedder(TextEncoder encoder, Builder builder, EmbedderConfig config) {
    this.encoder = encoder;
    GraphOutput output = encoder.output();
    if (output.rowShape().length != (output.perToken() ? 2 : 1)) {
      throw new ModelLoadException(
          "'%s' gives its output '%s' with the row shape %s; an embedder gives [batch, tokens, dimension] or [batch, dimension]"
              .formatted(encoder.info().name(), output.name(), Arrays.toString(output.rowShape())));
    }
    config.requireModules(output.name().equals(POOLED));
    this.pooling = output.perToken() ? pooling(builder, config) : pooled(builder, config);
    this.normalize = builder.normalize.orElseGet(config::normalize);
    this.dimension = dimension(builder.dimension.orElseGet(config::dimension), output.width());
    this.info =
        encoder
            .info()
            .with(
                encoder
                    .fingerprint()
                    .with("pooling", output.perToken() ? pooling : "in the graph")
                    .with("normalize", normalize)
                    .with("dimension", dimension));
  }

  private Pooling pooling(Builder builder, EmbedderConfig config) {
    return builder.pooling.orElseGet(() -> config.pooling(encoder.hasPrompts()));
  }

  /** The only vector is the text's; of pooling only what the graph cannot know is checked. */
  private Pooling pooled(Builder builder, EmbedderConfig config) {
    if (builder.pooling.isPresent()) {
      throw new IllegalArgumentException(
          "pooling is %s; '%s' gives no vectors of tokens, only '%s', pooled in the graph: leave pooling(..) out, or export the graph with last_hidden_state"
              .formatted(builder.pooling.get(), encoder.info().name(), encoder.output().name()));
    }
    config.requirePromptPooled(encoder.hasPrompts());
    return Pooling.CLS;
  }

  private int dimension(OptionalInt wanted, int width) {
    if (wanted.orElse(1) > width) {
      throw new IllegalArgumentException(
          "dimension is %d; '%s' gives %d: ask for at most that"
              .formatted(wanted.getAsInt(), encoder.info().name(), width));
    }
    return wanted.orElse(width);
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
    return info;
  }

  /**
   * Embeds passages of the model's full length, as many as its threads run at once, so that
   * threads, native memory and compiled code are there before the first search; and shows that the
   * model works, so it is a health check too. Nothing comes from a cache. It waits its turn behind
   * the calls in flight.
   *
   * @throws dev.reranker.error.InferenceException if the model fails, or gives what is no finite
   *     number
   * @throws dev.reranker.error.OverloadException if the model's queue is full
   * @throws dev.reranker.error.CancelledException if the thread is interrupted; it stays so
   * @throws IllegalStateException if this embedder is closed
   */
  public void warmUp() {
    embedPassages(WarmUp.passages(info));
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
    return info.name();
  }

  @Override
  public String fingerprint() {
    return info.fingerprint();
  }

  @Override
  public int dimension() {
    return dimension;
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
    float[] whole = pool(row);
    float[] vector = dimension < whole.length ? Arrays.copyOf(whole, dimension) : whole;
    return encoder.finish(vector, normalize, row);
  }

  /** A text's vector before normalisation. */
  private float[] pool(Row row) {
    int width = encoder.output().width();
    float[] vector = new float[width];
    if (pooling == Pooling.CLS) {
      row.get(0, vector);
      return vector;
    }
    float[] token = new float[width];
    double[] sum = new double[width];
    for (int t = 0; t < row.length(); t++) {
      row.get(t, token);
      for (int d = 0; d < width; d++) {
        sum[d] += token[d];
      }
    }
    for (int d = 0; d < width; d++) {
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
    private Optional<OptionalInt> dimension = Optional.empty();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets the pooling of the graph's token vectors, which are then taken even where the graph also
     * gives {@code sentence_embedding}; default: {@code sentence_embedding} where the graph gives
     * it, otherwise as the file of the pooling module says, otherwise the mean. On a graph without
     * token vectors {@link #build} throws an {@link IllegalArgumentException}.
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
     * Sets to how many values vectors are cut, for models trained for that (Matryoshka); default:
     * as the model's {@code truncate_dim} says, otherwise they are left whole. What is cut is
     * brought to length 1 afterwards, if vectors are at all.
     *
     * @param values at least 1, at most what the graph gives
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder dimension(int values) {
      if (values < 1) {
        throw new IllegalArgumentException("dimension is " + values + "; it is at least 1");
      }
      this.dimension = Optional.of(OptionalInt.of(values));
      return this;
    }

    /**
     * Loads the model.
     *
     * @return the embedder, to be closed by the caller
     * @throws ModelLoadException if a file is missing or damaged or asks for what is not supported,
     *     or the model is not a bi-encoder
     * @throws IllegalStateException if no model was given
     * @throws IllegalArgumentException if a setting does not fit the model
     */
    public OnnxEmbedder build() {
      EngineSettings settings = settings();
      var config = new ModelConfig(settings.source());
      config.requireMadeFor(ModelUse.EMBEDDER);
      return open(
          settings,
          config,
          pooling.isPresent() ? TOKENS_FIRST : POOLED_FIRST,
          encoder -> new OnnxEmbedder(encoder, this, new EmbedderConfig(config)));
    }
  }
}
