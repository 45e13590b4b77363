package dev.reranker.lucene;

import dev.reranker.internal.CallGate;
import java.io.IOException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.IORunnable;

/**
 * An open index behind a gate: calls come in, and Lucene's failures go out as callers know them.
 */
final class GuardedIndex implements SearcherSource, AutoCloseable {

  /** What is done with the writer. */
  @FunctionalInterface
  interface Writing {
    void run(IndexWriter writer) throws IOException;
  }

  private final String where;
  private final CallGate gate;
  private final OwnThreads threads = new OwnThreads();
  private final OpenIndex index;

  /**
   * Opens the index.
   *
   * @throws dev.reranker.error.RetrievalException if it cannot be read or written, or was made with
   *     other settings
   */
  GuardedIndex(IndexConfig config) {
    this.where = config.where();
    this.gate = new CallGate(where);
    try {
      index =
          threads.call(
              () ->
                  config.readOnly()
                      ? ReadOnlyIndex.open(config, threads)
                      : WritableIndex.open(config, threads));
    } catch (IOException e) {
      threads.close();
      throw IndexFailure.of("open", where, e);
    } catch (Throwable e) {
      threads.close();
      throw e;
    }
  }

  /** How the index was made, as of now. */
  IndexMetadata metadata() {
    return index.metadata();
  }

  /** Runs the steps of one call, which closing waits for. */
  void run(Runnable steps) {
    gate.run(steps);
  }

  /**
   * A step: checks that the index may be written to.
   *
   * @throws IllegalStateException if it is open read-only
   */
  void checkWritable() {
    index.writer();
  }

  /** A step: writes. */
  void write(String doing, Writing work) {
    onOwnThreads(doing, () -> work.run(index.writer()));
  }

  /** A step: lets searches see what was written. */
  void refresh() {
    onOwnThreads("refresh", () -> index.searchers().maybeRefreshBlocking());
  }

  @Override
  public <T> T search(Search<T> search) {
    return gate.call(() -> searchNow(search));
  }

  private <T> T searchNow(Search<T> search) {
    try {
      Searchers.Lent searcher = index.searchers().acquire();
      try {
        return search.run(searcher);
      } finally {
        index.searchers().release(searcher);
      }
    } catch (IOException e) {
      throw IndexFailure.of("search", where, e);
    }
  }

  private void onOwnThreads(String doing, IORunnable work) {
    try {
      threads.run(work);
    } catch (IOException e) {
      throw IndexFailure.of(doing, where, e);
    } catch (IllegalStateException e) {
      // Lucene's writer ends itself at a failure that could harm the index, also of a merge: it is
      // closed then (AlreadyClosedException is one of these), or says that it no longer merges.
      if (index.tragedy().isEmpty() && !(e instanceof AlreadyClosedException)) {
        throw e;
      }
      throw IndexFailure.of(doing, where, IndexFailure.root(index.tragedy().orElse(e)));
    }
  }

  /** Waits for calls in flight, then commits, if open for writing, and releases all. */
  @Override
  public void close() {
    gate.close(
        () -> {
          try (threads) {
            onOwnThreads("close", index::close);
          }
        });
  }
}
