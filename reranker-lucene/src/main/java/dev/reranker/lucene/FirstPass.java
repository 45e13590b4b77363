package dev.reranker.lucene;

import java.io.IOException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;

/** How a {@link LuceneRetriever} finds documents. */
@FunctionalInterface
interface FirstPass {

  /**
   * The best {@link FirstPassRequest#limit()} hits, in any order, and some more if that is easier.
   */
  ScoreDoc[] search(IndexSearcher searcher, FirstPassRequest request) throws IOException;
}
