package dev.reranker.lucene;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.similarities.Similarity;

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

  /** What an index made with these settings remembers of them. */
  IndexMetadata metadata() {
    return IndexMetadata.of(embedders, fields, vectors);
  }

  IndexWriterConfig forWriter(MergeWatch merges) {
    return new IndexWriterConfig(analyzer)
        .setSimilarity(similarity)
        .setCodec(new VectorCodec(vectors.lucene()))
        .setMergePolicy(merges.policy())
        .setMergeScheduler(merges.scheduler());
  }
}
