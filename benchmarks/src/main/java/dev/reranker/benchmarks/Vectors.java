package dev.reranker.benchmarks;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/** How an index keeps its vectors. */
public enum Vectors {

  /** 32-bit floats. */
  FULL,

  /** Lucene's default scalar quantisation, one byte a dimension. */
  QUANTISED;

  KnnVectorsFormat format() {
    return this == FULL
        ? new Lucene99HnswVectorsFormat()
        : new Lucene104HnswScalarQuantizedVectorsFormat();
  }
}
