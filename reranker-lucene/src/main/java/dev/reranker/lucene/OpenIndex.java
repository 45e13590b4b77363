package dev.reranker.lucene;

import java.io.Closeable;
import java.util.Optional;
import org.apache.lucene.index.IndexWriter;

/** What an open index consists of: opened together or not at all, and closed together. */
interface OpenIndex extends Closeable {

  /** How the index was made. */
  IndexMetadata metadata();

  Searchers searchers();

  /**
   * Writes.
   *
   * @throws IllegalStateException if the index is open read-only
   */
  IndexWriter writer();

  /** What ended the writer, if something did. */
  Optional<Throwable> tragedy();
}
