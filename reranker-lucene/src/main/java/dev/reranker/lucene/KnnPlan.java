package dev.reranker.lucene;

import dev.reranker.Embedder;
import dev.reranker.InferenceException;
import dev.reranker.RetrievalException;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DoubleValuesSourceRescorer;
import org.apache.lucene.search.FullPrecisionFloatVectorSimilarityValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/**
 * The nearest neighbours of the query's embedding in a vector field.
 *
 * @param oversampling how many times the asked-for hits are compared again from the full vectors,
 *     which a quantised field has beside the rounded ones; 1: none
 */
record KnnPlan(String field, Embedder embedder, int oversampling) implements LuceneRetriever.Plan {

  /**
   * How many more than asked for are found, so that equal vectors (the same text twice) are ordered
   * by id also where the last of the candidates is one of them.
   */
  static final int TIES = 16;

  @Override
  public ScoreDoc[] search(IndexSearcher searcher, LuceneRetriever.Ask ask) throws IOException {
    IndexReader index = searcher.getIndexReader();
    FieldInfo vectors = findField(index);
    if (vectors == null) {
      return NOTHING;
    }
    float[] vector = embed(ask.text(), vectors.getVectorSimilarityFunction());
    if (vector == null) {
      return NOTHING;
    }
    int wanted = Math.min(ask.limit() + TIES, index.maxDoc());
    int k = (int) Math.min((long) wanted * oversampling, index.maxDoc());
    var query = new KnnFloatVectorQuery(field, vector, k, ask.filter());
    TopDocs nearest = searcher.search(query, k);
    return oversampling == 1 || nearest.scoreDocs.length == 0
        ? nearest.scoreDocs
        : new FromFullVectors(vector, field).rescore(searcher, nearest, wanted).scoreDocs;
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
    float[] unit = UnitVector.of(vector, Model.of(embedder), "the query");
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
