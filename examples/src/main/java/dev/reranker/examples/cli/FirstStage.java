package dev.reranker.examples.cli;

import dev.reranker.Fusion;
import dev.reranker.Retriever;
import dev.reranker.examples.cli.FirstStageOptions.Kind;
import dev.reranker.lucene.LuceneIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.search.similarities.BM25Similarity;

/** An open index, the models that it was made with, and the retriever over both. */
final class FirstStage implements AutoCloseable {

  /** Changes when the way of indexing does. */
  private static final String FORM = "3, English, prepared as int8";

  private final IndexModels models;
  private final LuceneIndex index;
  private final Retriever retriever;
  private final List<String> identity;

  private FirstStage(Kind kind, IndexModels models, LuceneIndex index, List<String> parts) {
    this.identity = List.of(kind.name(), IndexCache.key(parts));
    this.models = models;
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
   * @param models closed with what comes back, and if it does not
   * @param corpus what identifies the corpus and its state
   * @param source reads it
   * @param err where progress goes
   */
  static FirstStage open(
      FirstStageOptions options,
      IndexModels models,
      List<String> corpus,
      IndexCache.Source source,
      PrintWriter err)
      throws IOException {
    var parts = new ArrayList<>(corpus);
    parts.add(FORM);
    parts.addAll(models.identity());
    try {
      LuceneIndex index =
          options
              .indexCache()
              .open(IndexCache.key(parts), () -> models.of(settings()), source, err);
      return new FirstStage(options.kind(), models, index, parts);
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
  }

  /** k1 and b as in Anserini's BM25 baselines. */
  private static LuceneIndex.Builder settings() {
    return LuceneIndex.builder()
        .analyzer(new EnglishAnalyzer())
        .similarity(new BM25Similarity(0.9f, 0.4f));
  }

  Retriever retriever() {
    return retriever;
  }

  /** Finds by words, whatever the kind. */
  Retriever words() {
    return index.bm25();
  }

  /** Changes with the corpus, the models that read it, the way of indexing and the kind. */
  List<String> identity() {
    return identity;
  }

  IndexModels models() {
    return models;
  }

  int size() {
    return index.size();
  }

  @Override
  public void close() {
    try (index) {
      // After the index, which still may be embedding.
    } finally {
      models.close();
    }
  }
}
