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
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/** The nearest neighbours of the query's embedding in a vector field. */
record KnnPlan(String field, Embedder embedder) implements LuceneRetriever.Plan {

  /**
   * How many more than asked for are searched, so that equal vectors (the same text twice) are
   * ordered by id also where the last of the candidates is one of them.
   */
  static final int TIES = 16;

  @Override
  public Query query(IndexSearcher searcher, String text, int limit, @Nullable Query filter)
      throws IOException {
    IndexReader index = searcher.getIndexReader();
    FieldInfo vectors = findField(index);
    if (vectors == null) {
      return MatchNoDocsQuery.INSTANCE;
    }
    float[] vector = embed(text, vectors.getVectorSimilarityFunction());
    int k = Math.min(limit + TIES, index.maxDoc());
    return vector == null
        ? MatchNoDocsQuery.INSTANCE
        : new KnnFloatVectorQuery(field, vector, k, filter);
  }

  private float @Nullable [] embed(String text, VectorSimilarityFunction similarity) {
    float[] vector = embedder.embedQuery(text);
    float[] unit = UnitVector.of(vector, embedder, "the query");
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
