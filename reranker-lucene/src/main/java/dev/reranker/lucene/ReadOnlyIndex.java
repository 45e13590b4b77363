package dev.reranker.lucene;

import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/** An index open for searching only: takes no lock and writes nothing, and sees commits alone. */
final class ReadOnlyIndex implements OpenIndex {

  private final IndexConfig config;
  private final Directory directory;
  private final Searchers searchers;
  private volatile IndexMetadata metadata;

  private ReadOnlyIndex(
      IndexConfig config, Directory directory, DirectoryReader reader, OwnThreads threads)
      throws IOException {
    this.config = config;
    this.directory = directory;
    this.metadata = check(reader);
    config.warnOfAdoptions(metadata);
    this.searchers =
        new Searchers(
            reader, threads, config.similarity(), opened -> this.metadata = check(opened));
  }

  /**
   * Opens the last commit.
   *
   * @throws RetrievalException if there is none, or it was made with other settings
   */
  static ReadOnlyIndex open(IndexConfig config, OwnThreads threads) throws IOException {
    Directory directory = null;
    DirectoryReader reader = null;
    try {
      directory = config.place().open();
      reader = DirectoryReader.open(directory);
      return new ReadOnlyIndex(config, directory, reader, threads);
    } catch (IndexNotFoundException e) {
      IOUtils.closeWhileHandlingException(directory);
      throw new RetrievalException(
          "%s is not there: nothing was committed to that place yet. Name the place of an index, or make one there by opening it without readOnly()"
              .formatted(config.where()),
          e);
    } catch (Throwable failure) {
      IOUtils.closeWhileHandlingException(reader, directory);
      throw failure;
    }
  }

  /** The metadata of a commit that can be searched with these settings; an empty one fits any. */
  private IndexMetadata check(DirectoryReader opened) throws IOException {
    if (opened.maxDoc() == 0) {
      return config.metadata();
    }
    IndexMetadata made =
        IndexMetadata.fromUserData(config.where(), opened.getIndexCommit().getUserData());
    made.checkOpenedWith(config.where(), config.metadata(made));
    return made;
  }

  @Override
  public IndexMetadata metadata() {
    return metadata;
  }

  @Override
  public Searchers searchers() {
    return searchers;
  }

  @Override
  public IndexWriter writer() {
    throw new IllegalStateException(
        config.where()
            + " is open read-only, for searching: to add, replace, delete or commit, open it"
            + " without readOnly(), as its one writer");
  }

  @Override
  public Optional<Throwable> tragedy() {
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(searchers, directory);
  }
}
