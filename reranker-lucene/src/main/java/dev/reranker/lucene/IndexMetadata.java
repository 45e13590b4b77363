package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.error.RetrievalException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an index must remember of how it was made, kept in the user data of each commit.
 *
 * @param embedder the model of its vectors; null: made without one
 * @param tokens the model of its token vectors; null: made without one
 * @param prepared what its prepared passages were made by; null: made without
 * @param fields the field names
 * @param oversampling how many times the asked-for candidates are compared from the full vectors:
 *     what the coarsest {@link VectorFormat} needs that the index was ever open with
 */
record IndexMetadata(
    @Nullable ModelIdentity embedder,
    @Nullable ModelIdentity tokens,
    @Nullable PreparerIdentity prepared,
    DocumentFields fields,
    int oversampling) {

  private static final String EMBEDDER = "reranker.embedder";
  private static final String DIMENSION = "reranker.dimension";
  private static final String FINGERPRINT = "reranker.fingerprint";
  private static final String TOKEN_EMBEDDER = "reranker.token-embedder";
  private static final String TOKEN_DIMENSION = "reranker.token-dimension";
  private static final String TOKEN_FINGERPRINT = "reranker.token-fingerprint";
  private static final String PREPARER = "reranker.preparer";
  private static final String PREPARED_FINGERPRINT = "reranker.prepared-fingerprint";
  private static final String ID = "reranker.id-field";
  private static final String TEXT = "reranker.text-field";
  private static final String VECTOR = "reranker.vector-field";
  private static final String OVERSAMPLING = "reranker.oversampling";

  static IndexMetadata of(IndexEmbedders embedding, DocumentFields fields, VectorFormat vectors) {
    Embedder whole = embedding.embedder();
    MultiVectorEmbedder tokens = embedding.tokens();
    return new IndexMetadata(
        whole == null ? null : ModelIdentity.of(whole),
        tokens == null ? null : ModelIdentity.of(tokens),
        embedding.preparer() == null ? null : PreparerIdentity.of(embedding.preparer()),
        fields,
        vectors.oversampling());
  }

  Map<String, String> toUserData() {
    var data = new HashMap<String, String>();
    data.put(ID, fields.id());
    data.put(TEXT, fields.text());
    data.put(VECTOR, fields.vector());
    data.put(OVERSAMPLING, Integer.toString(oversampling));
    put(data, embedder, EMBEDDER, DIMENSION, FINGERPRINT);
    put(data, tokens, TOKEN_EMBEDDER, TOKEN_DIMENSION, TOKEN_FINGERPRINT);
    if (prepared != null) {
      data.put(PREPARER, prepared.name());
      data.put(PREPARED_FINGERPRINT, prepared.fingerprint());
    }
    return data;
  }

  private static void put(
      Map<String, String> data,
      @Nullable ModelIdentity model,
      String name,
      String dimension,
      String fingerprint) {
    if (model != null) {
      data.put(name, model.name());
      data.put(dimension, Integer.toString(model.dimension()));
      if (model.fingerprint() != null) {
        data.put(fingerprint, model.fingerprint());
      }
    }
  }

  /**
   * Reads what the index was made with.
   *
   * @throws RetrievalException if {@link LuceneIndex} did not make it
   */
  static IndexMetadata fromUserData(String where, Map<String, String> data) {
    String id = data.get(ID);
    String text = data.get(TEXT);
    String vector = data.get(VECTOR);
    if (id == null || text == null || vector == null) {
      throw new RetrievalException(
          where
              + " holds documents that another program indexed; LuceneIndex opens only its own"
              + " indexes: choose an empty directory, or search that index with a LuceneRetriever");
    }
    return new IndexMetadata(
        model(data, EMBEDDER, DIMENSION, FINGERPRINT),
        model(data, TOKEN_EMBEDDER, TOKEN_DIMENSION, TOKEN_FINGERPRINT),
        PreparerIdentity.of(data.get(PREPARER), data.get(PREPARED_FINGERPRINT)),
        new DocumentFields(id, text, vector),
        Integer.parseInt(data.getOrDefault(OVERSAMPLING, "1")));
  }

  /** This for an index that is now also written as {@code now} says. */
  IndexMetadata and(IndexMetadata now) {
    return new IndexMetadata(
        completed(embedder, now.embedder),
        completed(tokens, now.tokens),
        prepared == null ? now.prepared : prepared,
        fields,
        Math.max(oversampling, now.oversampling));
  }

  /**
   * What is taken on trust by opening an index so: the fingerprints that it did not know.
   *
   * @return a warning for each, naming the index, the model and its fingerprint
   */
  List<String> adoptions(String where, IndexMetadata now) {
    List<String> warnings = new ArrayList<>();
    adoption(warnings, where, "embedder", embedder, now.embedder);
    adoption(warnings, where, "token embedder", tokens, now.tokens);
    return warnings;
  }

  private static void adoption(
      List<String> warnings,
      String where,
      String kind,
      @Nullable ModelIdentity made,
      @Nullable ModelIdentity now) {
    if (made != null && made.fingerprint() == null && now != null && now.fingerprint() != null) {
      warnings.add(
          "%s knows its %s %s by name and dimension only; the one it is open with is taken to be the same, and an index open for writing takes on its fingerprint %s with the next commit: if it is another model, index again into an empty directory"
              .formatted(where, kind, made, now.fingerprint()));
    }
  }

  private static @Nullable ModelIdentity completed(
      @Nullable ModelIdentity made, @Nullable ModelIdentity now) {
    return made == null || now == null ? made : made.completedBy(now);
  }

  private static @Nullable ModelIdentity model(
      Map<String, String> data, String name, String dimension, String fingerprint) {
    String known = data.get(name);
    return known == null
        ? null
        : new ModelIdentity(
            known, Integer.parseInt(data.getOrDefault(dimension, "0")), data.get(fingerprint));
  }

  /**
   * What of these models is used in an index made so: a preparer's own embedder, which nobody asked
   * for by name, only where it made the vectors.
   */
  IndexEmbedders used(IndexEmbedders opened) {
    Embedder whole = opened.embedder();
    return whole == null || (embedder != null && embedder.isSameAs(ModelIdentity.of(whole)))
        ? opened
        : opened.withoutThePreparers();
  }

  /**
   * Checks that an index made so can be opened with other settings. Without an embedder or a
   * preparer any index can be: its vectors, or prepared passages, are not used.
   *
   * @throws RetrievalException naming both sides, if it cannot
   */
  void checkOpenedWith(String where, IndexMetadata now) {
    if (!fields.equals(now.fields)) {
      throw new RetrievalException(
          "%s was made with %s, not with %s: open it with the same field names, or index again into an empty directory"
              .formatted(where, describe(fields), describe(now.fields)));
    }
    check(where, "embedder", embedder, now.embedder);
    check(where, "token embedder", tokens, now.tokens);
    if (prepared != null && now.prepared != null && !prepared.isSameAs(now.prepared)) {
      throw new RetrievalException(
          "%s was made with passages prepared by %s, not by %s: no model reads what another has prepared. Open it with the same preparer, or without one to search it by its texts, or index again into an empty directory"
              .formatted(where, prepared, now.prepared));
    }
  }

  private static void check(
      String where, String kind, @Nullable ModelIdentity made, @Nullable ModelIdentity opened) {
    if (opened != null && (made == null || !made.isSameAs(opened))) {
      throw new RetrievalException(
          "%s was made with %s, not with %s: vectors of different models do not compare. Open it with the same %s, or index again into an empty directory"
              .formatted(where, describe(kind, made), describe(kind, opened), kind));
    }
  }

  /**
   * Checks that documents can be added with the models that the index is open with.
   *
   * @throws IllegalStateException if they would lack vectors, or prepared passages, that the others
   *     have
   */
  void checkAddedWith(String where, IndexEmbedders embedding) {
    if (embedder != null && embedding.embedder() == null) {
      throw cannotAdd(where, "embedder", embedder);
    }
    if (tokens != null && embedding.tokens() == null) {
      throw cannotAdd(where, "token embedder", tokens);
    }
    if (prepared != null && embedding.preparer() == null) {
      throw cannotAdd(where, "preparer", prepared);
    }
  }

  private static IllegalStateException cannotAdd(String where, String kind, Record model) {
    return new IllegalStateException(
        "%s was made with %s %s and is open without it: open it with that %s to add documents"
            .formatted(where, kind, model, kind));
  }

  private static String describe(String kind, @Nullable ModelIdentity model) {
    return model == null ? "no " + kind : kind + " " + model;
  }

  private static String describe(DocumentFields fields) {
    return "idField '%s', textField '%s' and vectorField '%s'"
        .formatted(fields.id(), fields.text(), fields.vector());
  }
}
