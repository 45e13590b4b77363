package dev.reranker.lucene;

import java.io.IOException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;

/** How a {@link LuceneRetriever} finds documents. */
@FunctionalInterface
interface FirstPass {

  /** A search that is made ready once, however often it is asked for more. */
  @FunctionalInterface
  interface Ready {

    /**
     * The best hits, in any order, and some more if that is easier.
     *
     * @param limit how many, from 1 to the number of documents
     */
    ScoreDoc[] best(int limit) throws IOException;
  }

  /** Makes what all rounds of one retrieval need of the text: its query, its vector. */
  Ready ready(IndexSearcher searcher, FirstPassRequest request) throws IOException;
}
