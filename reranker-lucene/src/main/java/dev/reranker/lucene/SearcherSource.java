package dev.reranker.lucene;

import dev.reranker.error.RetrievalException;
import java.io.IOException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ReferenceManager;
import org.apache.lucene.store.AlreadyClosedException;

/** Lends a searcher to one call. */
interface SearcherSource {

  /** What is done with a borrowed searcher. */
  @FunctionalInterface
  interface Search<T> {
    T run(IndexSearcher searcher) throws IOException;
  }

  /**
   * Runs the call and brings its failures into the form that callers know.
   *
   * @throws RetrievalException if reading fails
   * @throws IllegalStateException if the index is closed
   */
  <T> T search(Search<T> call);

  /** The application's own searchers, borrowed for each call. */
  static SearcherSource of(ReferenceManager<IndexSearcher> searchers) {
    return new SearcherSource() {
      @Override
      public <T> T search(Search<T> call) {
        return translated(
            () -> {
              IndexSearcher searcher = searchers.acquire();
              try {
                return call.run(searcher);
              } finally {
                searchers.release(searcher);
              }
            });
      }
    };
  }

  /** One searcher for all calls; its reader is held open during each. */
  static SearcherSource of(IndexSearcher searcher) {
    return new SearcherSource() {
      @Override
      public <T> T search(Search<T> call) {
        return translated(
            () -> {
              searcher.getIndexReader().incRef();
              try {
                return call.run(searcher);
              } finally {
                searcher.getIndexReader().decRef();
              }
            });
      }
    };
  }

  /** A search that may fail as Lucene's do. */
  @FunctionalInterface
  interface Reading<T> {
    T run() throws IOException;
  }

  private static <T> T translated(Reading<T> reading) {
    try {
      return reading.run();
    } catch (AlreadyClosedException e) {
      throw new IllegalStateException(
          "the application's index reader is closed: keep it open for as long as its retrievers",
          e);
    } catch (IOException e) {
      throw IndexFailure.of("search", "the application's index", e);
    }
  }
}
