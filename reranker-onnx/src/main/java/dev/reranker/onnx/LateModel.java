package dev.reranker.onnx;

import ai.onnxruntime.OrtException;
import dev.reranker.SearchContext;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.IntFunction;

/** A model that reads query and passages apart, and the way in which the two meet. */
interface LateModel {

  Engine engine();

  /** The identity of what prepares passages. */
  String preparedFingerprint();

  /** Values of a token's vector. */
  int vectorSize();

  /** Values of a text's own vector; 0 if it has none. */
  int meanSize();

  /** How many tokens of a passage are read at most, special ones included. */
  int passageTokens();

  /**
   * The tokens of a query with its prompt.
   *
   * @throws IllegalArgumentException if there are more than a query may have
   */
  TokenIds queryTokens(String text);

  /**
   * Reads a query.
   *
   * @param work where it is noted what that cost, and whether the deadline cut it
   * @return what passages meet; closed by the caller
   */
  Query query(String text, TokenIds ids, SearchContext context, Work work);

  /**
   * Reads passages.
   *
   * @param label what messages call the passage at a position
   * @param cut where it is noted which were cut, before they are read
   * @param reader takes what the model gave for a batch; called on worker threads
   */
  Work passages(
      List<String> texts,
      IntFunction<String> label,
      boolean[] cut,
      Ran.Reader reader,
      SearchContext context);

  /** Writes what a batch gave for its row at a place. */
  PreparedPassage prepared(Ran ran, int i, PreparedFormat as, boolean cut);

  /** Prepares passages, and embeds them in the same run if the model embeds. */
  List<Prepared> prepare(List<String> passages);

  /** Takes a batch's logits, in the order of its rows. */
  @FunctionalInterface
  interface Sink {
    void accept(Batch batch, FloatBuffer logits);
  }

  /** A query that was read; used by several threads. */
  interface Query extends AutoCloseable {

    /** Scores a batch of prepared passages, on the calling thread. */
    void score(Batch batch, IntFunction<PreparedContent> passages, Sink sink);

    /** Scores passages where the model has just read them. */
    void score(Ran ran, Sink sink) throws OrtException;

    @Override
    void close();
  }
}
