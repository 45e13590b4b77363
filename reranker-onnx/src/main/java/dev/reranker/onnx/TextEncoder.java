package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import dev.reranker.internal.Checks;
import dev.reranker.internal.UnitVector;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

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

  /**
   * Runs a query.
   *
   * @throws IllegalArgumentException if it has, with its prompt, more tokens than the model takes
   */
  <T> T query(String query, IntFunction<T[]> array, Function<Row, T> read) {
    Objects.requireNonNull(query, "query");
    return engine.call(
        1,
        () -> {
          String whole = String.valueOf(engine.info().maxLength());
          TokenIds tokens = engine.encodeQuery(queryPrompt, query, engine.room(), whole);
          return run(List.of(query), i -> tokens, array, read)[0];
        });
  }

  /**
   * Runs passages.
   *
   * @param array makes the array of what is read, in input order
   * @param read called on worker threads, once for each passage
   */
  <T> T[] passages(List<String> passages, IntFunction<T[]> array, Function<Row, T> read) {
    List<String> texts = Checks.copyOf(passages, "passage");
    return engine.call(texts.size(), () -> run(texts, i -> encode(texts, i), array, read));
  }

  private TokenIds encode(List<String> passages, int i) {
    String passage = passages.get(i);
    return engine.encode(
        passagePrompt.isEmpty() ? passage : passagePrompt + passage,
        engine.room(),
        () -> "passage " + i + " of " + passages.size());
  }

  private <T> T[] run(
      List<String> texts,
      IntFunction<TokenIds> encode,
      IntFunction<T[]> array,
      Function<Row, T> read) {
    T[] results = array.apply(texts.size());
    engine.run(
        texts,
        i -> new TokenIds[] {encode.apply(i)},
        row -> results[row.index()] = read.apply(row),
        SearchContext.create());
    return results;
  }

  /**
   * The vector itself, checked and, if wanted, brought to length 1; zeros stay zeros.
   *
   * @throws InferenceException if a number is not finite
   */
  float[] finish(float[] vector, boolean normalize, Row row) {
    Supplier<String> what = () -> "text " + row.index();
    if (normalize) {
      UnitVector.normalize(vector, info().name(), what);
    } else {
      UnitVector.requireFinite(vector, info().name(), what);
    }
    return vector;
  }

  @Override
  public void close() {
    engine.close();
  }
}
