package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.error.InferenceException;
import dev.reranker.internal.UnitVector;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of an index, and what they make of its documents, checked.
 *
 * @param embedder one vector per text; null: none
 * @param tokens one vector per token; null: none
 * @param preparer reads texts ahead for a reranker; null: none
 */
record IndexEmbedders(
    @Nullable Embedder embedder,
    @Nullable MultiVectorEmbedder tokens,
    @Nullable IndexPreparer preparer) {

  /** What the models made of one text. */
  static final class Vectors {

    private final float @Nullable [] whole;
    private final float[][] tokens;
    private final @Nullable PreparedPassage prepared;

    private Vectors(
        float @Nullable [] whole, float[][] tokens, @Nullable PreparedPassage prepared) {
      this.whole = whole;
      this.tokens = tokens;
      this.prepared = prepared;
    }

    /** Of length 1; null where there is no embedder or the text has no direction. */
    float @Nullable [] whole() {
      return whole;
    }

    /** Each of length 1; none where there is no model or no token has a direction. */
    float[][] tokens() {
      return tokens;
    }

    /** Null where nothing prepares. */
    @Nullable PreparedPassage prepared() {
      return prepared;
    }
  }

  /** These for an index whose vectors the preparer's own embedder did not make. */
  IndexEmbedders withoutThePreparers() {
    return preparer == null || !preparer.embeds()
        ? this
        : new IndexEmbedders(null, tokens, preparer.withoutVectors());
  }

  /**
   * Embeds and prepares a batch.
   *
   * @throws InferenceException if a model fails, or gives vectors that do not fit
   */
  List<Vectors> of(List<Document> batch) {
    List<String> texts = batch.stream().map(Document::text).toList();
    List<Prepared> prepared = preparer == null ? List.of() : preparer.of(batch);
    List<float[]> whole = whole(texts, prepared);
    List<List<float[]>> parts = tokens == null ? List.of() : tokens.embedPassageTokens(texts);
    List<Vectors> vectors = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      String id = batch.get(i).id();
      float[] vector = null;
      if (embedder != null) {
        checkCount(embedder.name(), whole.size(), batch.size());
        vector = unit(whole.get(i), embedder, () -> "document '" + id + "'");
      }
      float[][] matrix = {};
      if (tokens != null) {
        checkCount(tokens.name(), parts.size(), batch.size());
        matrix = units(parts.get(i), tokens, () -> "document '" + id + "'");
      }
      PreparedPassage passage = prepared.isEmpty() ? null : prepared.get(i).passage();
      vectors.add(new Vectors(vector, matrix, passage));
    }
    return vectors;
  }

  private List<float[]> whole(List<String> texts, List<Prepared> prepared) {
    if (embedder == null) {
      return List.of();
    }
    return preparer != null && preparer.embeds()
        ? prepared.stream().map(Prepared::vector).toList()
        : embedder.embedPassages(texts);
  }

  private static void checkCount(String name, int vectors, int passages) {
    if (vectors != passages) {
      throw new InferenceException(
          "embedder '%s' gave vectors for %d of %d passages".formatted(name, vectors, passages));
    }
  }

  /** The vector at length 1; null for one of length 0. */
  static float @Nullable [] unit(float[] vector, Embedder embedder, Supplier<String> what) {
    return UnitVector.of(vector, embedder.name(), embedder.dimension(), what);
  }

  /** The vectors at length 1, those of length 0 left out. */
  static float[][] units(
      List<float[]> vectors, MultiVectorEmbedder embedder, Supplier<String> what) {
    List<float[]> units = new ArrayList<>(vectors.size());
    for (float[] vector : vectors) {
      float[] unit =
          UnitVector.of(
              vector, embedder.name(), embedder.dimension(), () -> "a token of " + what.get());
      if (unit != null) {
        units.add(unit);
      }
    }
    return units.toArray(float[][]::new);
  }
}
