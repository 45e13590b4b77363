package dev.reranker.lucene;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.jspecify.annotations.Nullable;

/**
 * How precisely the HNSW graph compares embeddings.
 *
 * {@snippet :
 * try (var index = LuceneIndex.builder()
 *     .directory(path)
 *     .embedder(embedder)
 *     .vectors(VectorFormat.INT8)
 *     .build()) {
 *   index.add(documents);
 * }
 * }
 *
 * <p>All but {@link #FLOAT32} search vectors whose numbers are rounded to a few bits, which need
 * less memory, and then compare the best of them again by the full vectors, which stay on disk
 * beside the rounded ones. Scores are therefore exact in every format, also after the format was
 * changed; what may differ is which documents are found.
 *
 * <p>The rounding is Lucene's {@link Lucene104HnswScalarQuantizedVectorsFormat}.
 */
public enum VectorFormat {
  /** Full precision: 4 bytes per number. */
  FLOAT32(null, 1),

  /** Rounded to 8 bits: 1 byte per number; twice the candidates are compared in full. */
  INT8(ScalarEncoding.UNSIGNED_BYTE, 2),

  /** Rounded to 7 bits: 1 byte per number; twice the candidates are compared in full. */
  INT7(ScalarEncoding.SEVEN_BIT, 2),

  /** Rounded to 4 bits: half a byte per number; three times the candidates are compared in full. */
  INT4(ScalarEncoding.PACKED_NIBBLE, 3),

  /**
   * Rounded to 1 bit: an eighth of a byte per number; five times the candidates are compared in
   * full.
   */
  INT1(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, 5);

  private final @Nullable ScalarEncoding encoding;
  private final int oversampling;

  VectorFormat(@Nullable ScalarEncoding encoding, int oversampling) {
    this.encoding = encoding;
    this.oversampling = oversampling;
  }

  /** How many times the asked-for candidates are compared from the full vectors; 1: none. */
  int oversampling() {
    return oversampling;
  }

  KnnVectorsFormat lucene() {
    return encoding == null
        ? new Lucene99HnswVectorsFormat()
        : new Lucene104HnswScalarQuantizedVectorsFormat(
            encoding,
            Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
            Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH);
  }
}
