package dev.reranker.lucene;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ReferenceManager;
import org.apache.lucene.search.similarities.Similarity;
import org.jspecify.annotations.Nullable;

/**
 * Lends searchers over an index that changes.
 *
 * <p>Holders are counted here and not by the reader, so that a search takes a searcher and gives it
 * back on its own thread; only the last holder of an old one hands its end over to {@link
 * OwnThreads}, since that may delete files and ask for the write lock before.
 */
final class Searchers extends ReferenceManager<Searchers.Lent> {

  /** Looks at what a refresh has opened. */
  @FunctionalInterface
  interface Check {
    /** Throws if it must not be searched; the one before stays then. */
    void accept(DirectoryReader opened) throws IOException;
  }

  /** A searcher and the number of its holders, of which this manager is one while it is current. */
  static final class Lent extends IndexSearcher {

    private final DirectoryReader reader;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Lent(DirectoryReader reader, Similarity similarity) {
      super(reader);
      this.reader = reader;
      setSimilarity(similarity);
    }
  }

  private final OwnThreads threads;
  private final Similarity similarity;
  private final Check check;

  /** Lends searchers over the reader, which is closed with this, and over its successors. */
  Searchers(DirectoryReader reader, OwnThreads threads, Similarity similarity, Check check) {
    this.threads = threads;
    this.similarity = similarity;
    this.check = check;
    current = new Lent(reader, similarity);
  }

  @Override
  protected boolean tryIncRef(Lent searcher) {
    return searcher.holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  @Override
  protected void decRef(Lent searcher) throws IOException {
    if (searcher.holders.decrementAndGet() == 0) {
      threads.run(searcher.reader::close);
    }
  }

  @Override
  protected int getRefCount(Lent searcher) {
    return searcher.holders.get();
  }

  @Override
  protected @Nullable Lent refreshIfNeeded(Lent searcher) throws IOException {
    DirectoryReader opened = DirectoryReader.openIfChanged(searcher.reader);
    if (opened == null) {
      return null;
    }
    try {
      check.accept(opened);
    } catch (Throwable failure) {
      opened.close();
      throw failure;
    }
    return new Lent(opened, similarity);
  }
}
