package dev.reranker.onnx;

import dev.reranker.InferenceException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A bi-encoder's common part: puts prompts before texts, runs each text as one row, and hands out
 * what the model gave for it.
 */
final class TextEncoder implements AutoCloseable {

  private final Engine engine;
  private final String queryPrompt;
  private final String passagePrompt;

  TextEncoder(Engine engine, String queryPrompt, String passagePrompt) {
    this.engine = engine;
    this.queryPrompt = queryPrompt;
    this.passagePrompt = passagePrompt;
    if (engine.room() < 1) {
      throw new IllegalArgumentException(
          "maxLength is %d tokens; a text needs at least 1 besides the special ones"
              .formatted(engine.info().maxLength()));
    }
  }

  /**
   * What the model gave for one text; only valid while it is read.
   *
   * @param values the values of the whole batch
   * @param start where those of this text begin
   * @param leading how many special tokens stand before the text's own
   * @param textTokens the text's own tokens, its prompt's included
   * @param length all its tokens, special ones included, padding not
   * @param index the text's place in the request
   */
  record Row(FloatBuffer values, int start, int leading, int textTokens, int length, int index) {

    /** Copies the vector at a position; a graph that pools has one, at 0. */
    void get(int position, float[] vector) {
      values.get(start + position * vector.length, vector);
    }
  }

  /** Whether anything is put before texts. */
  boolean hasPrompts() {
    return !queryPrompt.isEmpty() || !passagePrompt.isEmpty();
  }

  ModelInfo info() {
    return engine.info();
  }

  Fingerprint fingerprint() {
    return engine
        .fingerprint()
        .with("queryPrompt", queryPrompt)
        .with("passagePrompt", passagePrompt);
  }

  int countTokens(String text) {
    return engine.countTokens(text);
  }

  GraphOutput output() {
    return engine.output();
  }

  /** Runs a query. */
  <T> T query(String query, IntFunction<T[]> array, Function<Row, T> read) {
    Objects.requireNonNull(query, "query");
    return encode(List.of(queryPrompt + query), array, read)[0];
  }

  /**
   * Runs passages.
   *
   * @param array makes the array of what is read, in input order
   * @param read called on worker threads, once a passage
   */
  <T> T[] passages(List<String> passages, IntFunction<T[]> array, Function<Row, T> read) {
    Engine.requireTexts(passages);
    var texts = new ArrayList<String>(passages.size());
    for (String passage : passages) {
      texts.add(passagePrompt.isEmpty() ? passage : passagePrompt + passage);
    }
    return encode(texts, array, read);
  }

  private <T> T[] encode(List<String> texts, IntFunction<T[]> array, Function<Row, T> read) {
    return engine.call(
        () -> {
          long request = engine.begin();
          TokenIds[] tokens = engine.encodeAll(request, texts, engine.room());
          T[] results = array.apply(tokens.length);
          int special = engine.info().maxLength() - engine.room();
          engine.run(
              request,
              Arrays.stream(tokens).mapToInt(t -> t.count()).toArray(),
              row -> new TokenIds[] {tokens[row]},
              (batch, values) -> {
                int floats = output().width() * (output().perToken() ? batch.length() : 1);
                for (int i = 0; i < batch.rows().length; i++) {
                  int index = batch.rows()[i];
                  int own = tokens[index].count();
                  results[index] =
                      read.apply(
                          new Row(values, i * floats, engine.leading(), own, own + special, index));
                }
              });
          return results;
        });
  }

  /** The vector itself, checked and, if wanted, brought to length 1; zeros stay zeros. */
  float[] finish(float[] vector, boolean normalize, Row row) {
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    if (Double.isNaN(squares) || Double.isInfinite(squares)) {
      throw new InferenceException(
          "'%s' gave NaN or infinity for text %d: the model is damaged or overflows"
              .formatted(info().name(), row.index()));
    }
    if (normalize && squares > 0) {
      double length = Math.sqrt(squares);
      for (int d = 0; d < vector.length; d++) {
        vector[d] = (float) (vector[d] / length);
      }
    }
    return vector;
  }

  @Override
  public void close() {
    engine.close();
  }
}
