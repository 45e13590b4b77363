package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.lucene.LuceneIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Indexes that are kept from one call to the next, each under a key of what it was made of. A
 * folder with an index appears only when the index is complete.
 */
record IndexCache(Path root) {

  /** Reads the documents of a corpus that is not indexed yet. */
  @FunctionalInterface
  interface Source {
    List<Document> read() throws IOException;
  }

  /** A key for all these parts, in this order. */
  static String key(Iterable<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Opens the index of this key; makes it first where there is none. The caller closes it. */
  LuceneIndex open(
      String key, Supplier<LuceneIndex.Builder> settings, Source source, PrintWriter err)
      throws IOException {
    Path folder = root.resolve(key);
    if (!Files.isDirectory(folder)) {
      make(folder, settings, source.read(), err);
    }
    return settings.get().directory(folder).build();
  }

  private void make(
      Path folder,
      Supplier<LuceneIndex.Builder> settings,
      List<Document> documents,
      PrintWriter err)
      throws IOException {
    Files.createDirectories(root);
    Path part = Files.createTempDirectory(root, "incomplete-");
    try {
      try (var progress = Progress.start("indexing", documents.size(), err);
          var index =
              settings.get().directory(part).listener((done, total) -> progress.at(done)).build()) {
        index.add(documents);
      }
      Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Another process may have been faster.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      delete(part);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
