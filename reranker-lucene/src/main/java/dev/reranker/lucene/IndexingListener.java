package dev.reranker.lucene;

import java.util.OptionalLong;

/** Hears how far {@link LuceneIndex#add} has come; made for a progress bar. */
@FunctionalInterface
public interface IndexingListener {

  /**
   * Called after each batch, on the thread that called {@code add}. An exception thrown here ends
   * that call; what was added so far stays.
   *
   * @param done how many documents this call has added so far
   * @param total how many it was given; empty where that is not known beforehand
   */
  void indexed(long done, OptionalLong total);
}
