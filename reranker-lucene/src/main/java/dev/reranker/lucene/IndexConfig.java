package dev.reranker.lucene;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.similarities.Similarity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an index is opened with: the settings of its builder.
 *
 * @param where the index in words, for messages
 */
record IndexConfig(
    String where,
    Place place,
    boolean readOnly,
    IndexEmbedders embedders,
    DocumentFields fields,
    VectorFormat vectors,
    Analyzer analyzer,
    Similarity similarity,
    int batchSize,
    IndexingListener listener) {

  private static final Logger LOG = LoggerFactory.getLogger(IndexConfig.class);

  /** What an index made with these settings remembers of them. */
  IndexMetadata metadata() {
    return IndexMetadata.of(embedders, fields, vectors);
  }

  /** The same for an index that is there: of these settings, what is used in it. */
  IndexMetadata metadata(IndexMetadata made) {
    return IndexMetadata.of(made.used(embedders), fields, vectors);
  }

  /** Warns of what is taken on trust by opening an index made so with these settings. */
  void warnOfAdoptions(IndexMetadata made) {
    made.adoptions(where, metadata(made)).forEach(LOG::warn);
  }

  IndexWriterConfig forWriter() {
    return new IndexWriterConfig(analyzer)
        .setSimilarity(similarity)
        .setCodec(new VectorCodec(vectors.lucene()))
        .setMergeScheduler(new LoggingMerges());
  }

  /** Merges in the background; one that fails ends the writer, which the next write tells. */
  private static final class LoggingMerges extends ConcurrentMergeScheduler {

    /** Lucene would print it and end the thread. */
    @Override
    protected void handleMergeException(Throwable failure) {
      LOG.error(
          "merging segments failed; searches go on, but nothing can be written until the index is"
              + " closed and opened again",
          failure);
    }
  }
}
