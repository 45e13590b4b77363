package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DoubleValuesSourceRescorer;
import org.apache.lucene.search.FullPrecisionFloatVectorSimilarityValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/**
 * The nearest neighbours of the query's embedding in a vector field: through the HNSW graph, or,
 * for so many that the graph would have to be walked for the most part, by comparing all vectors.
 *
 * @param oversampling how many times the asked-for hits are compared again from the full vectors,
 *     which a quantised field has beside the rounded ones; 1: none
 */
record KnnFirstPass(String field, Embedder embedder, IntSupplier oversampling)
    implements FirstPass {

  /**
   * How many more than asked for are found, so that equal vectors (the same text twice) are ordered
   * by id also where the last of the candidates is one of them.
   */
  static final int TIES = 16;

  /** From this part of all vectors on, all are compared: one in four. */
  private static final int EXACT_FROM = 4;

  @Override
  public Ready ready(IndexSearcher searcher, FirstPassRequest request) throws IOException {
    IndexReader index = searcher.getIndexReader();
    FieldInfo vectors = findField(index);
    if (vectors == null) {
      return limit -> NOTHING;
    }
    float[] vector = embed(request.text(), vectors.getVectorSimilarityFunction());
    if (vector == null) {
      return limit -> NOTHING;
    }
    request.context().check();
    long few = count(index) / EXACT_FROM;
    return limit -> nearest(searcher, request, vector, limit, few);
  }

  /** The nearest, through the graph for fewer than {@code few} of them. */
  private ScoreDoc[] nearest(
      IndexSearcher searcher, FirstPassRequest request, float[] vector, int limit, long few)
      throws IOException {
    int again = oversampling.getAsInt();
    long wanted = (long) limit + TIES;
    long k = wanted * again;
    if (k >= few) {
      Query all = request.filtered(new ExactVectorQuery(field, vector));
      return TieOrder.best(searcher, all, limit, request.idField());
    }
    var query = new KnnFloatVectorQuery(field, vector, (int) k, request.filter());
    TopDocs nearest = searcher.search(query, (int) k);
    return again == 1 || nearest.scoreDocs.length == 0
        ? nearest.scoreDocs
        : new FromFullVectors(vector, field).rescore(searcher, nearest, (int) wanted).scoreDocs;
  }

  private long count(IndexReader index) throws IOException {
    long vectors = 0;
    for (LeafReaderContext leaf : index.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(field);
      vectors += values == null ? 0 : values.size();
    }
    return vectors;
  }

  private static final ScoreDoc[] NOTHING = {};

  /** Compares hits again, as full vectors. */
  private static final class FromFullVectors extends DoubleValuesSourceRescorer {

    FromFullVectors(float[] vector, String field) {
      super(new FullPrecisionFloatVectorSimilarityValuesSource(vector, field));
    }

    @Override
    protected float combine(float rounded, boolean hasVector, double full) {
      return hasVector ? (float) full : rounded;
    }
  }

  private float @Nullable [] embed(String text, VectorSimilarityFunction similarity) {
    float[] vector = embedder.embedQuery(text);
    float[] unit = IndexEmbedders.unit(vector, embedder, () -> "the query");
    return switch (similarity) {
      case DOT_PRODUCT, COSINE -> unit;
      case EUCLIDEAN, MAXIMUM_INNER_PRODUCT -> vector.clone();
    };
  }

  /** Null where no document has a vector, in a field that nothing speaks against. */
  private @Nullable FieldInfo findField(IndexReader index) {
    Set<String> others = new TreeSet<>();
    for (LeafReaderContext leaf : index.leaves()) {
      for (FieldInfo info : leaf.reader().getFieldInfos()) {
        if (info.hasVectorValues() && info.name.equals(field)) {
          return check(info);
        }
        if (info.hasVectorValues()) {
          others.add(info.name);
        }
      }
    }
    if (!others.isEmpty()) {
      throw new RetrievalException(
          "no document has a vector in the field '%s'; the index has vectors in %s: name one of those"
              .formatted(field, others));
    }
    return null;
  }

  private FieldInfo check(FieldInfo info) {
    if (info.getVectorEncoding() != VectorEncoding.FLOAT32) {
      throw new RetrievalException(
          "the field '%s' holds vectors of %s; embeddings are FLOAT32: name a field of float vectors"
              .formatted(field, info.getVectorEncoding()));
    }
    if (info.getVectorDimension() != embedder.dimension()) {
      throw new InferenceException(
          "the field '%s' holds vectors of dimension %d; embedder '%s' gives %d: use the embedder that the index was made with"
              .formatted(field, info.getVectorDimension(), embedder.name(), embedder.dimension()));
    }
    return info;
  }
}
