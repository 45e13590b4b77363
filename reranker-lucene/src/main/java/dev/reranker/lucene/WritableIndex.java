package dev.reranker.lucene;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/** An index open for writing: holds the write lock, and its searchers see what is not committed. */
record WritableIndex(IndexMetadata metadata, IndexWriter writer, Searchers searchers)
    implements OpenIndex {

  /**
   * Opens the index, or creates it, and makes sure that its metadata is committed.
   *
   * @throws dev.reranker.error.RetrievalException if it was made with other settings
   */
  static WritableIndex open(IndexConfig config, OwnThreads threads) throws IOException {
    Directory directory = config.place().open();
    IndexWriter writer = null;
    try {
      writer = new IndexWriter(directory, config.forWriter());
      IndexMetadata metadata = keep(writer, config);
      DirectoryReader reader = DirectoryReader.open(writer);
      var searchers = new Searchers(reader, threads, config.similarity(), opened -> {});
      return new WritableIndex(metadata, writer, searchers);
    } catch (Throwable failure) {
      // Not close(), which would commit.
      IOUtils.closeWhileHandlingException(writer == null ? null : writer::rollback, directory);
      throw failure;
    }
  }

  private static IndexMetadata keep(IndexWriter writer, IndexConfig config) throws IOException {
    if (writer.getDocStats().maxDoc == 0) {
      IndexMetadata first = config.metadata();
      writer.setLiveCommitData(first.toUserData().entrySet());
      writer.commit();
      return first;
    }
    IndexMetadata made = IndexMetadata.fromUserData(config.where(), userData(writer));
    IndexMetadata now = config.metadata(made);
    made.checkOpenedWith(config.where(), now);
    config.warnOfAdoptions(made);
    IndexMetadata both = made.and(now);
    if (!both.equals(made)) {
      writer.setLiveCommitData(both.toUserData().entrySet());
    }
    return both;
  }

  private static Map<String, String> userData(IndexWriter writer) {
    var data = new HashMap<String, String>();
    writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    return data;
  }

  @Override
  public Optional<Throwable> tragedy() {
    return Optional.ofNullable(writer.getTragicException());
  }

  /**
   * Commits and closes; all is released also where the commit fails.
   *
   * @throws AlreadyClosedException if the writer had ended itself, so that nothing was committed
   */
  @Override
  public void close() throws IOException {
    IOUtils.close(searchers, writer, writer.getDirectory());
    if (writer.getTragicException() != null) {
      throw new AlreadyClosedException("not committed", writer.getTragicException());
    }
  }
}
