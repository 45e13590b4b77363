package dev.reranker.examples.cli;

import dev.reranker.examples.cli.FirstStageOptions.Kind;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What reads the documents of an index: a reranker that prepares passages and mostly embeds them
 * too, an embedding model, both, or nothing where words are enough.
 *
 * @param preparer stays the caller's to close
 * @param embedder closed with this; none where the preparer's vectors serve
 * @param ownEmbedder whether the embedder is the user's, of which nothing is known beforehand
 */
record IndexModels(
    Optional<OnnxReranker> preparer, Optional<OnnxEmbedder> embedder, boolean ownEmbedder)
    implements AutoCloseable {

  /**
   * Loads the embedding model, if one is needed beside the reranker.
   *
   * @param reranker prepares, if it can
   */
  static IndexModels open(FirstStageOptions options, Optional<OnnxReranker> reranker) {
    Optional<OnnxReranker> preparer = reranker.filter(OnnxReranker::prepares);
    boolean embeds = preparer.flatMap(OnnxReranker::embedder).isPresent();
    boolean needed = options.kind() != Kind.BM25 && (options.choosesEmbedder() || !embeds);
    return new IndexModels(
        preparer,
        needed ? Optional.of(options.openEmbedder()) : Optional.empty(),
        options.ownEmbedder());
  }

  boolean prepares() {
    return preparer.isPresent();
  }

  /** Finds the queries that are too long to be embedded. */
  void check(LongQueries queries) {
    if (embedder.isPresent()) {
      queries.check(embedder.get(), ownEmbedder);
    } else {
      preparer.filter(model -> model.embedder().isPresent()).ifPresent(queries::checkAsEmbedder);
    }
  }

  /** Without an embedder, an index takes the preparer's, and one run of the model gives both. */
  LuceneIndex.Builder of(LuceneIndex.Builder index) {
    preparer.ifPresent(index::prepare);
    embedder.ifPresent(index::embedder);
    return index;
  }

  /** Changes with what the models make of a document. */
  List<String> identity() {
    var parts = new ArrayList<String>();
    preparer.ifPresent(
        model -> {
          parts.add("prepared " + model.preparedFingerprint());
          if (embedder.isEmpty()) {
            model.embedder().ifPresent(own -> parts.add(own.fingerprint()));
          }
        });
    embedder.ifPresent(model -> parts.add(model.fingerprint()));
    return parts;
  }

  @Override
  public void close() {
    embedder.ifPresent(OnnxEmbedder::close);
  }
}
