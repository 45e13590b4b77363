package dev.reranker.lucene;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Matches each document that has a vector in a field, and scores it by that vector in full
 * precision: what a graph finds about right by looking at some, found exactly by looking at all.
 */
final class ExactVectorQuery extends Query {

  private final String field;
  private final float[] target;

  ExactVectorQuery(String field, float[] target) {
    this.field = field;
    this.target = target.clone();
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new Weight(this) {
      @Override
      public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext context) throws IOException {
        VectorScorer vectors = vectors(context);
        return vectors == null ? null : supplier(vectors, boost);
      }

      @Override
      public Explanation explain(LeafReaderContext context, int doc) throws IOException {
        VectorScorer vectors = vectors(context);
        return vectors == null || vectors.iterator().advance(doc) != doc
            ? Explanation.noMatch("no vector in '" + field + "'")
            : Explanation.match(
                boost * vectors.score(), "similarity to the vector of '" + field + "'");
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return true;
      }
    };
  }

  private @Nullable VectorScorer vectors(LeafReaderContext context) throws IOException {
    FloatVectorValues values = context.reader().getFloatVectorValues(field);
    return values == null ? null : values.rescorer(target);
  }

  private static ScorerSupplier supplier(VectorScorer vectors, float boost) {
    DocIdSetIterator documents = vectors.iterator();
    return new ScorerSupplier() {
      @Override
      public Scorer get(long leadCost) {
        return new Scorer() {
          @Override
          public int docID() {
            return documents.docID();
          }

          @Override
          public DocIdSetIterator iterator() {
            return documents;
          }

          @Override
          public float getMaxScore(int upTo) {
            return Float.POSITIVE_INFINITY;
          }

          @Override
          public float score() throws IOException {
            return boost * vectors.score();
          }
        };
      }

      @Override
      public long cost() {
        return documents.cost();
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(field)) {
      visitor.visitLeaf(this);
    }
  }

  @Override
  public String toString(String defaultField) {
    return "exactly nearest in '" + field + "'";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return sameClassAs(other)
        && other instanceof ExactVectorQuery that
        && field.equals(that.field)
        && Arrays.equals(target, that.target);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), field, Arrays.hashCode(target));
  }
}
