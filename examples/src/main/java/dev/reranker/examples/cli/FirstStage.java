package dev.reranker.examples.cli;

import dev.reranker.Fusion;
import dev.reranker.Retriever;
import dev.reranker.examples.cli.FirstStageOptions.Kind;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.onnx.OnnxEmbedder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.search.similarities.BM25Similarity;

/** An open index, the embedder if vectors are asked for, and the retriever over both. */
final class FirstStage implements AutoCloseable {

  /** Changes when the way of indexing does. */
  private static final String FORM = "2, English";

  private final Optional<OnnxEmbedder> embedder;
  private final LuceneIndex index;
  private final Retriever retriever;
  private final List<String> identity;

  private FirstStage(
      Kind kind, Optional<OnnxEmbedder> embedder, LuceneIndex index, List<String> parts) {
    this.identity = List.of(kind.name(), IndexCache.key(parts));
    this.embedder = embedder;
    this.index = index;
    this.retriever =
        switch (kind) {
          case KNN -> index.knn();
          case BM25 -> index.bm25();
          case HYBRID -> Fusion.rrf(index.knn(), index.bm25());
        };
  }

  /**
   * Opens the index of a corpus, which is indexed now if it was not before.
   *
   * @param usual the kind, where the user chose none
   * @param check looks at the embedding model, if there is one, before the index is made
   * @param corpus what identifies the corpus and its state
   * @param source reads it
   * @param err where progress goes
   */
  static FirstStage open(
      FirstStageOptions options,
      Kind usual,
      Consumer<OnnxEmbedder> check,
      List<String> corpus,
      IndexCache.Source source,
      PrintWriter err)
      throws IOException {
    Kind kind = options.kindOr(usual);
    var parts = new ArrayList<>(corpus);
    parts.add(FORM);
    if (kind == Kind.BM25) {
      return new FirstStage(
          kind, Optional.empty(), index(options, parts, Optional.empty(), source, err), parts);
    }
    OnnxEmbedder embedder = options.openEmbedder();
    try {
      check.accept(embedder);
      parts.add(embedder.fingerprint());
      LuceneIndex index = index(options, parts, Optional.of(embedder), source, err);
      return new FirstStage(kind, Optional.of(embedder), index, parts);
    } catch (IOException | RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  private static LuceneIndex index(
      FirstStageOptions options,
      List<String> parts,
      Optional<OnnxEmbedder> embedder,
      IndexCache.Source source,
      PrintWriter err)
      throws IOException {
    return options
        .indexCache()
        .open(
            IndexCache.key(parts),
            () -> {
              // k1 and b as in Anserini's BM25 baselines.
              LuceneIndex.Builder builder =
                  LuceneIndex.builder()
                      .analyzer(new EnglishAnalyzer())
                      .similarity(new BM25Similarity(0.9f, 0.4f));
              return embedder.map(builder::embedder).orElse(builder);
            },
            source,
            err);
  }

  Retriever retriever() {
    return retriever;
  }

  /** Finds by words, whatever the kind. */
  Retriever words() {
    return index.bm25();
  }

  /** Changes with the corpus, the embedding model, the way of indexing and the kind. */
  List<String> identity() {
    return identity;
  }

  int size() {
    return index.size();
  }

  @Override
  public void close() {
    try (index) {
      // After the index, which still may be embedding.
    } finally {
      embedder.ifPresent(OnnxEmbedder::close);
    }
  }
}
