package dev.reranker.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;

/**
 * The folder of an index while it is made: under a name of its own, so that other processes see an
 * index only when it is complete. Closing it deletes what was not moved.
 */
record HalfBuiltIndex(Path folder) implements AutoCloseable {

  private static final String PREFIX = "incomplete-";

  /** Between making the folder and locking the index in it lies much less. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  /**
   * A new folder, and deletes those that killed processes left behind.
   *
   * @return empty where nothing can be written, which is said
   * @throws IOException if the root is a file
   */
  static Optional<HalfBuiltIndex> in(Path root, PrintWriter err) throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new FileAlreadyExistsException(
          root.toString(),
          null,
          "is a file; indexes are kept in a folder: name another with --index");
    }
    Path folder;
    try {
      Files.createDirectories(root);
      folder = newFolder(root);
    } catch (IOException e) {
      err.println(
          "the index cannot be kept in %s (%s): it is made in memory, for this call only; --index names another folder"
              .formatted(
                  root,
                  e instanceof FileSystemException file && file.getReason() != null
                      ? file.getReason()
                      : "access denied"));
      err.flush();
      return Optional.empty();
    }
    deleteAbandoned(root, err);
    return Optional.of(new HalfBuiltIndex(folder));
  }

  /**
   * With the permissions that any new folder gets: a temporary one's, for its owner alone, would
   * stay when it is moved, and nobody else could search the index.
   */
  private static Path newFolder(Path root) throws IOException {
    return Files.createDirectory(root.resolve(PREFIX + UUID.randomUUID()));
  }

  private static void deleteAbandoned(Path root, PrintWriter err) {
    try (Stream<Path> folders = Files.list(root)) {
      List<Path> old =
          folders
              .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
              .filter(HalfBuiltIndex::isAbandoned)
              .toList();
      for (Path folder : old) {
        delete(folder);
        err.println("deleted " + folder + ": a process that was stopped left it half built");
      }
      err.flush();
    } catch (IOException e) {
      // Another process may be deleting them, too; they harm nobody.
    }
  }

  /** A process that is still indexing holds the lock. */
  private static boolean isAbandoned(Path folder) {
    try {
      FileTime changed = Files.getLastModifiedTime(folder);
      if (changed.toInstant().isAfter(Instant.now().minus(YOUNG))) {
        return false;
      }
      try (FSDirectory directory = FSDirectory.open(folder);
          Lock lock = directory.obtainLock(IndexWriter.WRITE_LOCK_NAME)) {
        lock.ensureValid();
        return true;
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** The index is complete. Another process may have been faster: then its index stays. */
  void moveTo(Path place) throws IOException {
    try {
      Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(place)) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(folder)) {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
