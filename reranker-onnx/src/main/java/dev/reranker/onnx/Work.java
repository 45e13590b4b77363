package dev.reranker.onnx;

import dev.reranker.RerankResult;
import dev.reranker.error.InferenceException;
import java.time.Duration;
import java.util.BitSet;

/** What a request's run came to, so far. Filled by the caller's thread. */
final class Work {

  private final BitSet done = new BitSet();
  private final BitSet truncated = new BitSet();
  private long tokens;
  private long paddedTokens;
  private long waited;
  private int prepared;
  private int cached;
  private boolean pastDeadline;

  /** Notes a row that the model read. */
  void row(int index, int length, boolean cut) {
    done.set(index);
    truncated.set(index, cut);
    tokens += length;
  }

  /** Notes a row that was scored without being read. */
  void prepared(int index, boolean cut) {
    done.set(index);
    truncated.set(index, cut);
    prepared++;
  }

  /** Notes a row whose score a cache had. */
  void cached(int index, boolean cut) {
    done.set(index);
    truncated.set(index, cut);
    cached++;
  }

  /**
   * Adds what a part of the request came to.
   *
   * @param rows the places of the part's rows in the request
   */
  void add(Work part, int[] rows) {
    part.done.stream().forEach(i -> done.set(rows[i]));
    part.truncated.stream().forEach(i -> truncated.set(rows[i]));
    prepared += part.prepared;
    cost(part);
  }

  /** The logits themselves, all of them numbers. */
  static float[] finite(float[] logits, String name) {
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new InferenceException(
            "'%s' gave %s for passage %d of %d: the model is damaged or overflows"
                .formatted(name, logits[i], i, logits.length));
      }
    }
    return logits;
  }

  /** Adds what something else cost that the request needed. */
  void cost(Work part) {
    tokens += part.tokens;
    paddedTokens += part.paddedTokens;
    waited += part.waited;
    pastDeadline |= part.pastDeadline;
  }

  /** Notes the tokens of a batch that the model computed, padding included. */
  void batch(long padded) {
    paddedTokens += padded;
  }

  /** Notes how long it waited for the model's threads, in nanoseconds. */
  void waited(long nanos) {
    waited += nanos;
  }

  /** Notes that the rows that are not done will not be. */
  void cutShort() {
    pastDeadline = true;
  }

  /** The rows that the model read. */
  BitSet done() {
    return done;
  }

  /** Whether a row's text was cut to the model's length. */
  boolean truncated(int index) {
    return truncated.get(index);
  }

  /** Tokens of the rows that are done, special ones included, padding not. */
  long tokens() {
    return tokens;
  }

  /** Tokens that the model computed for them, padding included. */
  long paddedTokens() {
    return paddedTokens;
  }

  /** Whether the deadline passed before all rows were done. */
  boolean pastDeadline() {
    return pastDeadline;
  }

  /**
   * Records it.
   *
   * @param logits of the rows that are done
   */
  RerankResult.Builder recorded(
      RerankResult.Builder result, float[] logits, Activation activation) {
    done.stream().forEach(i -> result.score(i, activation.applyAsDouble(logits[i]), logits[i]));
    truncated.stream().forEach(result::truncated);
    if (pastDeadline) {
      result.pastDeadline();
    }
    return result
        .prepared(prepared)
        .cached(cached)
        .tokens(tokens, paddedTokens)
        .waited(Duration.ofNanos(waited));
  }
}
