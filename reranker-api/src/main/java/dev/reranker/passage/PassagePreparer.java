package dev.reranker.passage;

import dev.reranker.Embedder;
import dev.reranker.prepared.PreparedPassage;
import java.util.List;
import java.util.Optional;

/**
 * A reranker that can read passages ahead of any query, when they are indexed. A document that
 * carries what was {@linkplain dev.reranker.Document#withPrepared prepared} of it is then scored in
 * a fraction of the time.
 *
 * {@snippet :
 * PreparedPassage prepared = reranker.prepare(List.of(document.text())).getFirst();
 * byte[] keep = prepared.bytes(); // anywhere, beside the passage
 * Document later = document.withPrepared(PreparedPassage.of(keep));
 * }
 *
 * <p>Implementations are thread-safe.
 */
public interface PassagePreparer {

  /**
   * The model's name, a label for people.
   *
   * @return the name
   */
  String name();

  /**
   * Whether it can prepare passages; some kinds of a model can, others read query and passage
   * together only.
   *
   * @return whether the methods below work; true unless an implementation says otherwise
   */
  default boolean prepares() {
    return true;
  }

  /**
   * The identity of what prepares: its {@link PreparedPassage#fingerprint()}.
   *
   * @return the fingerprint
   * @throws UnsupportedOperationException if the model reads query and passage together only
   */
  String preparedFingerprint();

  /**
   * The same model as an embedder, if it is one.
   *
   * @return an embedder that lives as long as this does; closing it does nothing
   */
  Optional<Embedder> embedder();

  /**
   * Reads passages; a passage beyond the model's length is cut at its end.
   *
   * @param passages the texts; an empty one is a passage too
   * @return one for each, in order
   * @throws NullPointerException if a passage is null; the message says which
   * @throws dev.reranker.error.InferenceException if the model fails
   * @throws UnsupportedOperationException if the model reads query and passage together only
   */
  default List<PreparedPassage> prepare(List<String> passages) {
    return prepareAndEmbed(passages).stream().map(Prepared::passage).toList();
  }

  /**
   * Reads passages and embeds them in the same run of the model.
   *
   * @param passages the texts
   * @return one for each, in order
   * @throws NullPointerException if a passage is null; the message says which
   * @throws dev.reranker.error.InferenceException if the model fails
   * @throws UnsupportedOperationException if the model reads query and passage together only
   */
  List<Prepared> prepareAndEmbed(List<String> passages);

  /** A prepared passage and its embedding. */
  final class Prepared {

    private final PreparedPassage passage;
    private final float[] vector;

    /**
     * Puts the two together.
     *
     * @param passage the prepared passage
     * @param vector what {@link #embedder()} gives for it; empty where there is no embedder. Not
     *     copied
     */
    public Prepared(PreparedPassage passage, float[] vector) {
      this.passage = passage;
      this.vector = vector;
    }

    /**
     * The prepared passage.
     *
     * @return the prepared passage
     */
    public PreparedPassage passage() {
      return passage;
    }

    /**
     * The passage's embedding: what {@link #embedder()} gives for it.
     *
     * @return the vector itself, not a copy; empty where there is no embedder
     */
    public float[] vector() {
      return vector;
    }
  }
}
