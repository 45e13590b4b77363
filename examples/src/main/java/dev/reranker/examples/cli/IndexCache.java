package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import dev.reranker.lucene.LuceneIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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

  /**
   * Opens the index of this key to be searched; makes it first where there is none. The caller
   * closes it. Where nothing can be kept, the index is in memory, and this is said.
   */
  LuceneIndex open(
      String key, Supplier<LuceneIndex.Builder> settings, Source source, PrintWriter err)
      throws IOException {
    Path folder = root.resolve(key);
    if (!Files.isDirectory(folder)) {
      Optional<HalfBuiltIndex> place = HalfBuiltIndex.in(root, err);
      if (place.isEmpty()) {
        return inMemory(settings, source.read(), err);
      }
      try (HalfBuiltIndex part = place.get()) {
        add(settings.get().directory(part.folder()), source.read(), err).close();
        part.moveTo(folder);
      }
    }
    try {
      return openFinished(settings.get(), folder);
    } catch (RetrievalException e) {
      throw new RetrievalException(
          e.getMessage() + "; to have the documents indexed anew, delete the folder " + folder, e);
    }
  }

  /** Searching changes nothing and keeps nobody else from searching. */
  private static LuceneIndex openFinished(LuceneIndex.Builder settings, Path folder) {
    return settings.directory(folder).readOnly().build();
  }

  private static LuceneIndex inMemory(
      Supplier<LuceneIndex.Builder> settings, List<Document> documents, PrintWriter err) {
    return add(settings.get().inMemory(), documents, err);
  }

  private static LuceneIndex add(
      LuceneIndex.Builder settings, List<Document> documents, PrintWriter err) {
    try (var progress = Progress.start("indexing", documents.size(), err)) {
      LuceneIndex index = settings.listener((done, total) -> progress.at(done)).build();
      try {
        index.add(documents);
        return index;
      } catch (RuntimeException | Error e) {
        closeAfter(e, index);
        throw e;
      }
    }
  }

  private static void closeAfter(Throwable failure, LuceneIndex index) {
    try {
      index.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
