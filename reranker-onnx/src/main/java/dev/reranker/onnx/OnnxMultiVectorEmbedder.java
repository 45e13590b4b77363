package dev.reranker.onnx;

import dev.reranker.MultiVectorEmbedder;
import dev.reranker.error.InferenceException;
import dev.reranker.error.ModelLoadException;
import java.util.Arrays;
import java.util.List;

/**
 * A late-interaction model on ONNX Runtime: turns a text into one vector per token.
 *
 * {@snippet :
 * try (OnnxMultiVectorEmbedder embedder =
 *     OnnxMultiVectorEmbedder.builder().model(ModelSource.directory(path)).build()) {
 *   List<float[]> vectors = embedder.embedQueryTokens("how do whales sleep");
 * }
 * }
 *
 * <p><b>Vectors</b> come from the graph's token output ({@code token_embeddings} or {@code
 * last_hidden_state}, float32 [batch, tokens, dimension]), in the order of the tokens, each brought
 * to length 1. The special tokens that the model wants around a text ([CLS], [SEP]) and padding are
 * left out; the tokens of a prompt count like the text's own. A text without any token, such as the
 * empty one without a prompt, has an empty list of vectors. A vector that is all zeros stays so.
 *
 * <p><b>Models.</b> Best are those trained for late interaction, exported with their projection
 * inside the graph; an ordinary bi-encoder's token vectors work too, less well. Prompts and length
 * come from the model's files as for {@link OnnxEmbedder}. A passage beyond {@link
 * ModelInfo#maxLength()} tokens is cut; a query beyond them, its prompt included, is an {@link
 * IllegalArgumentException}. ColBERT's padding of queries with [MASK] is not done; a model whose
 * files ask for it is refused, unless the builder says {@link Builder#plainTokens}.
 *
 * <p>One instance serves any number of threads and reads the caller's list on the caller's thread
 * alone; memory follows the batch budget and the vectors, not the length of the list. {@link
 * #close()} refuses new calls and waits for those in flight. An interrupted caller gets a {@link
 * dev.reranker.error.CancelledException} and stays interrupted.
 */
public final class OnnxMultiVectorEmbedder implements MultiVectorEmbedder {

  private static final String BARE_OUTPUT = "last_hidden_state";

  private final TextEncoder encoder;
  private final ModelInfo info;

  private OnnxMultiVectorEmbedder(TextEncoder encoder, List<String> otherModules) {
    this.encoder = encoder;
    this.info = encoder.info().with(encoder.fingerprint());
    GraphOutput output = encoder.output();
    if (!output.perToken()) {
      throw new ModelLoadException(
          "'%s' gives its output '%s' with the row shape %s; a multi-vector embedder needs one vector per token, [batch, tokens, dimension]: export the graph with last_hidden_state or token_embeddings"
              .formatted(name(), output.name(), Arrays.toString(output.rowShape())));
    }
    if (output.name().equals(BARE_OUTPUT) && !otherModules.isEmpty()) {
      throw new ModelLoadException(
          "modules.json of '%s' lists %s behind the transformer, which the output '%s' comes before: export the graph with it, as token_embeddings"
              .formatted(name(), otherModules, BARE_OUTPUT));
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
    return info;
  }

  /**
   * Embeds passages of the model's full length, as many as its threads run at once, so that
   * threads, native memory and compiled code are there before the first search; and shows that the
   * model works, so it is a health check too. Nothing comes from a cache. It waits its turn behind
   * the calls in flight.
   *
   * @throws InferenceException if the model fails, or gives what is no finite number
   * @throws dev.reranker.error.OverloadException if the model's queue is full
   * @throws dev.reranker.error.CancelledException if the thread is interrupted; it stays so
   * @throws IllegalStateException if this embedder is closed
   */
  public void warmUp() {
    embedPassageTokens(WarmUp.passages(info));
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
    return encoder.output().width();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the query, with its prompt, is too long for the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws NullPointerException if the query is null
   * @throws IllegalStateException if this embedder is closed
   */
  @Override
  public List<float[]> embedQueryTokens(String query) {
    return List.of(encoder.query(query, float[][][]::new, this::vectors));
  }

  /**
   * {@inheritDoc}
   *
   * @throws InferenceException if the model fails or gives NaN
   * @throws NullPointerException if a passage is null
   * @throws IllegalStateException if this embedder is closed
   */
  @Override
  public List<List<float[]>> embedPassageTokens(List<String> passages) {
    float[][][] vectors = encoder.passages(passages, float[][][]::new, this::vectors);
    return Arrays.stream(vectors).map(tokens -> List.of(tokens)).toList();
  }

  private float[][] vectors(Row row) {
    float[][] vectors = new float[row.textTokens()][dimension()];
    for (int t = 0; t < vectors.length; t++) {
      row.get(row.leading() + t, vectors[t]);
      encoder.finish(vectors[t], true, row);
    }
    return vectors;
  }

  @Override
  public void close() {
    encoder.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder extends EmbedderBuilder<Builder> {

    private boolean plainTokens;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets whether the token vectors are taken as they are, though the model's files ask for what
     * is not done here: padding queries with [MASK], a length of its own for queries or passages,
     * leaving words out; default: no, such a model is refused.
     *
     * @param plain whether to
     * @return this
     */
    public Builder plainTokens(boolean plain) {
      this.plainTokens = plain;
      return this;
    }

    /**
     * Loads the model.
     *
     * @return the embedder, to be closed by the caller
     * @throws ModelLoadException if a file is missing or damaged, the graph gives no vector a
     *     token, or {@code modules.json} lists a projection that the graph's output lacks
     * @throws IllegalStateException if no model was given
     * @throws IllegalArgumentException if a setting does not fit the model
     */
    public OnnxMultiVectorEmbedder build() {
      EngineSettings settings = settings();
      var config = new ModelConfig(settings.source());
      config.requireMadeFor(ModelUse.MULTI_VECTOR);
      var tokens = new TokenVectorConfig(config);
      tokens.requirePrompts(hasQueryPrompt(), hasPassagePrompt());
      if (!plainTokens) {
        tokens.requirePlain();
      }
      List<String> otherModules = tokens.otherModules();
      return open(
          settings,
          config,
          List.of("token_embeddings", BARE_OUTPUT),
          encoder -> new OnnxMultiVectorEmbedder(encoder, otherModules));
    }
  }
}
