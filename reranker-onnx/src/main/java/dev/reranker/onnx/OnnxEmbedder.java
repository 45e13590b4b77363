package dev.reranker.onnx;

import dev.reranker.Embedder;
import dev.reranker.InferenceException;
import dev.reranker.ModelLoadException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
 * graph that already pools (an output {@code sentence_embedding}) is taken as it is. Text beyond
 * {@link ModelInfo#maxLength()} tokens is cut.
 *
 * <p>One instance serves any number of threads; {@link #close()} waits for calls in flight.
 */
public final class OnnxEmbedder implements Embedder {

  private final Engine engine;
  private final Pooling pooling;
  private final boolean normalize;
  private final String queryPrompt;
  private final String passagePrompt;

  private OnnxEmbedder(
      Engine engine, Pooling pooling, boolean normalize, String queryPrompt, String passagePrompt) {
    this.engine = engine;
    this.pooling = pooling;
    this.normalize = normalize;
    this.queryPrompt = queryPrompt;
    this.passagePrompt = passagePrompt;
    OnnxSession.Output output = engine.output();
    if (output.rowShape().length != (output.perToken() ? 2 : 1)) {
      throw new ModelLoadException(
          "'%s' gives its output '%s' with the row shape %s; an embedder gives [batch, tokens, dimension] or [batch, dimension]"
              .formatted(name(), output.name(), Arrays.toString(output.rowShape())));
    }
    if (engine.room() < 1) {
      throw new IllegalArgumentException(
          "maxLength is %d tokens; a text needs at least 1 besides the special ones"
              .formatted(engine.info().maxLength()));
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
    return engine.info();
  }

  @Override
  public String name() {
    return engine.info().name();
  }

  @Override
  public int dimension() {
    return engine.output().width();
  }

  @Override
  public float[] embedQuery(String query) {
    Objects.requireNonNull(query, "query");
    return embed(List.of(queryPrompt + query)).get(0);
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    var texts = new ArrayList<String>(passages.size());
    for (String passage : passages) {
      if (passage == null) {
        throw new NullPointerException(
            "passage " + texts.size() + " of " + passages.size() + " is null");
      }
      texts.add(passagePrompt.isEmpty() ? passage : passagePrompt + passage);
    }
    return embed(texts);
  }

  private List<float[]> embed(List<String> texts) {
    return engine.call(
        () -> {
          long request = engine.begin();
          TokenIds[] tokens = engine.encodeAll(request, texts, engine.room());
          float[][] vectors = new float[tokens.length][];
          engine.run(
              request,
              Arrays.stream(tokens).mapToInt(t -> t.count()).toArray(),
              row -> new TokenIds[] {tokens[row]},
              (batch, values) -> {
                for (int i = 0; i < batch.rows().length; i++) {
                  int row = batch.rows()[i];
                  int length = tokens[row].count() + engine.info().maxLength() - engine.room();
                  vectors[row] = finish(pool(values, batch, i, length), row);
                }
              });
          return List.of(vectors);
        });
  }

  /** Row {@code i}'s vector before normalisation. */
  private float[] pool(FloatBuffer values, Batch batch, int i, int length) {
    int dimension = dimension();
    float[] vector = new float[dimension];
    if (!engine.output().perToken()) {
      values.get(i * dimension, vector);
      return vector;
    }
    int start = i * batch.length() * dimension;
    if (pooling == Pooling.CLS) {
      values.get(start, vector);
      return vector;
    }
    float[] token = new float[dimension];
    double[] sum = new double[dimension];
    for (int t = 0; t < length; t++) {
      values.get(start + t * dimension, token);
      for (int d = 0; d < dimension; d++) {
        sum[d] += token[d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) (sum[d] / length);
    }
    return vector;
  }

  private float[] finish(float[] vector, int row) {
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    if (Double.isNaN(squares) || Double.isInfinite(squares)) {
      throw new InferenceException(
          "'%s' gave NaN or infinity for text %d: the model is damaged or overflows"
              .formatted(name(), row));
    }
    if (normalize && squares > 0) {
      float scale = (float) (1 / Math.sqrt(squares));
      for (int d = 0; d < vector.length; d++) {
        vector[d] *= scale;
      }
    }
    return vector;
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder extends ModelBuilder<Builder> {

    private Optional<Pooling> pooling = Optional.empty();
    private Optional<Boolean> normalize = Optional.empty();
    private Optional<String> queryPrompt = Optional.empty();
    private Optional<String> passagePrompt = Optional.empty();

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
     * Sets what is put before each query; default: the model's prompt {@code query}, if it has one.
     *
     * @param prompt the text, with its trailing space; empty for none
     * @return this
     */
    public Builder queryPrompt(String prompt) {
      this.queryPrompt = Optional.of(prompt);
      return this;
    }

    /**
     * Sets what is put before each passage; default: the model's prompt {@code passage} or {@code
     * document}, if it has one.
     *
     * @param prompt the text, with its trailing space; empty for none
     * @return this
     */
    public Builder passagePrompt(String prompt) {
      this.passagePrompt = Optional.of(prompt);
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
      EngineSettings settings =
          settings(
              () -> {
                throw new IllegalStateException(
                    "an embedder needs a model: call model(ModelSource.directory(..))");
              });
      var config = new ModelConfig(settings.source());
      Pooling chosenPooling = pooling.orElseGet(config::pooling);
      boolean chosenNormalize = normalize.orElseGet(config::normalize);
      String query = queryPrompt.orElseGet(() -> config.prompt(List.of("query")));
      String passage = passagePrompt.orElseGet(() -> config.prompt(List.of("passage", "document")));
      Engine engine =
          Engine.open(
              settings,
              config,
              1,
              List.of("sentence_embedding", "last_hidden_state", "token_embeddings"));
      try {
        return new OnnxEmbedder(engine, chosenPooling, chosenNormalize, query, passage);
      } catch (RuntimeException | Error e) {
        engine.close();
        throw e;
      }
    }
  }
}
