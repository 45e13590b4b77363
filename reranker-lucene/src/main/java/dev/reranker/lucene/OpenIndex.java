package dev.reranker.lucene;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/** Directory, writer and searchers: opened together or not at all, and closed together. */
record OpenIndex(IndexFacts facts, IndexWriter writer, SearcherManager searchers)
    implements Closeable {

  /** Where the index lies. */
  @FunctionalInterface
  interface Place {
    Directory open() throws IOException;
  }

  /**
   * Opens the index, or creates it, and makes sure that its facts are committed.
   *
   * @throws dev.reranker.RetrievalException if it was made with other settings
   */
  static OpenIndex open(
      String where, Place place, IndexWriterConfig config, SearcherFactory factory, IndexFacts now)
      throws IOException {
    Directory directory = place.open();
    IndexWriter writer = null;
    try {
      writer = new IndexWriter(directory, config);
      IndexFacts facts = now;
      if (writer.getDocStats().maxDoc > 0) {
        IndexFacts made = IndexFacts.fromUserData(where, userData(writer));
        made.checkOpenedWith(where, now);
        facts = made.and(now);
        if (!facts.equals(made)) {
          writer.setLiveCommitData(facts.toUserData().entrySet());
        }
      } else {
        writer.setLiveCommitData(now.toUserData().entrySet());
        writer.commit();
      }
      return new OpenIndex(facts, writer, new SearcherManager(writer, factory));
    } catch (Throwable failure) {
      // Not close(), which would commit.
      IOUtils.closeWhileHandlingException(writer == null ? null : writer::rollback, directory);
      throw failure;
    }
  }

  private static Map<String, String> userData(IndexWriter writer) {
    var data = new HashMap<String, String>();
    writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    return data;
  }

  /** Commits and closes; all is released also where the commit fails. */
  @Override
  public void close() throws IOException {
    IOUtils.close(searchers, writer, writer.getDirectory());
  }
}
