package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.RetrievalException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an index must remember of how it was made, kept in the user data of each commit.
 *
 * @param embedder the embedder's name; null: made without one
 * @param dimension the length of its vectors; 0 without one
 * @param fields the field names
 */
record IndexFacts(@Nullable String embedder, int dimension, DocumentFields fields) {

  private static final String EMBEDDER = "reranker.embedder";
  private static final String DIMENSION = "reranker.dimension";
  private static final String ID = "reranker.id-field";
  private static final String TEXT = "reranker.text-field";
  private static final String VECTOR = "reranker.vector-field";

  static IndexFacts of(@Nullable Embedder embedder, DocumentFields fields) {
    return embedder == null
        ? new IndexFacts(null, 0, fields)
        : new IndexFacts(embedder.name(), embedder.dimension(), fields);
  }

  Map<String, String> toUserData() {
    var data = new HashMap<String, String>();
    data.put(ID, fields.id());
    data.put(TEXT, fields.text());
    data.put(VECTOR, fields.vector());
    if (embedder != null) {
      data.put(EMBEDDER, embedder);
      data.put(DIMENSION, Integer.toString(dimension));
    }
    return data;
  }

  /**
   * Reads what the index was made with.
   *
   * @throws RetrievalException if {@link LuceneIndex} did not make it
   */
  static IndexFacts fromUserData(String where, Map<String, String> data) {
    String id = data.get(ID);
    String text = data.get(TEXT);
    String vector = data.get(VECTOR);
    if (id == null || text == null || vector == null) {
      throw new RetrievalException(
          where
              + " holds documents that another program indexed; LuceneIndex writes only to its own"
              + " indexes: choose an empty directory, or search that index with a LuceneRetriever");
    }
    return new IndexFacts(
        data.get(EMBEDDER),
        Integer.parseInt(data.getOrDefault(DIMENSION, "0")),
        new DocumentFields(id, text, vector));
  }

  /**
   * Checks that an index made so can be opened with other settings. Without an embedder any index
   * can be: its vectors are not used.
   *
   * @throws RetrievalException naming both sides, if it cannot
   */
  void checkOpenedWith(String where, IndexFacts now) {
    if (!fields.equals(now.fields)) {
      throw new RetrievalException(
          "%s was made with %s, not with %s: open it with the same field names, or index again into an empty directory"
              .formatted(where, describe(fields), describe(now.fields)));
    }
    boolean same = now.dimension == dimension && java.util.Objects.equals(embedder, now.embedder);
    if (now.embedder != null && !same) {
      throw new RetrievalException(
          "%s was made with %s, not with %s: vectors of different models do not compare. Open it with the same embedder, or index again into an empty directory"
              .formatted(where, describeEmbedder(), now.describeEmbedder()));
    }
  }

  String describeEmbedder() {
    return embedder == null
        ? "no embedder"
        : "embedder '%s' (dimension %d)".formatted(embedder, dimension);
  }

  private static String describe(DocumentFields fields) {
    return "idField '%s', textField '%s' and vectorField '%s'"
        .formatted(fields.id(), fields.text(), fields.vector());
  }
}
