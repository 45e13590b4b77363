package dev.reranker.lucene;

import dev.reranker.SearchContext;
import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FilterDocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;

/** Matches all documents, and cancels a call when it has come to so many of them. */
final class CancellingQuery extends Query {

  private final SearchContext context;
  private final int after;
  private int advanced;

  CancellingQuery(SearchContext context, int after) {
    this.context = context;
    this.after = after;
  }

  /** How many documents the search has come to. */
  int advanced() {
    return advanced;
  }

  private int counted(int doc) {
    if (++advanced == after) {
      context.cancel();
    }
    return doc;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public ScorerSupplier scorerSupplier(LeafReaderContext leaf) {
        var all =
            new FilterDocIdSetIterator(DocIdSetIterator.all(leaf.reader().maxDoc())) {
              @Override
              public int nextDoc() throws IOException {
                return counted(super.nextDoc());
              }

              @Override
              public int advance(int target) throws IOException {
                return counted(super.advance(target));
              }
            };
        return new DefaultScorerSupplier(new ConstantScoreScorer(1, mode, all));
      }

      @Override
      public boolean isCacheable(LeafReaderContext leaf) {
        return false;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return "cancelling after " + after;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
