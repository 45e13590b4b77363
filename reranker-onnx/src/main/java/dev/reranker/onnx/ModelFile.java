package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file of a model: on disk, or a class path resource.
 *
 * @param name what errors call it: its path or its URL
 * @param path where it is on disk; empty for a resource inside an archive
 * @param opener opens it
 */
record ModelFile(String name, Optional<Path> path, Opener opener) {

  /** How the small text begins that a clone without Git LFS has in place of a large file. */
  private static final byte[] GIT_LFS =
      "version https://git-lfs.".getBytes(StandardCharsets.US_ASCII);

  /** Opens a file anew each time. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  static ModelFile of(Path path) {
    return new ModelFile(path.toString(), Optional.of(path), () -> Files.newInputStream(path));
  }

  /** The file at a path; null where there is none; an error where there is something else. */
  static @Nullable ModelFile at(Path path) {
    if (Files.isRegularFile(path)) {
      return of(path);
    }
    if (Files.exists(path)) {
      throw new ModelLoadException(
          path
              + " is "
              + (Files.isDirectory(path) ? "a directory" : "no regular file")
              + "; a file is expected there: move it away, or put the model's file in its place");
    }
    if (Files.isSymbolicLink(path)) {
      throw new ModelLoadException(
          path
              + " is a link to "
              + target(path)
              + ", which is missing: the download is incomplete; download the model again");
    }
    return null;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "a file (" + e + ")";
    }
  }

  /** A class path resource; one that lies unpacked on disk is read from there. */
  static ModelFile of(URL url) {
    if (url.getProtocol().equals("file")) {
      try {
        return of(Path.of(url.toURI()));
      } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
        // An odd URL: the stream below may still open it.
      }
    }
    return new ModelFile(
        url.toString(),
        Optional.empty(),
        () -> {
          URLConnection connection = url.openConnection();
          // A cached connection would keep the archive open after the stream is closed.
          connection.setUseCaches(false);
          return connection.getInputStream();
        });
  }

  /** The file's name without its folder. */
  String shortName() {
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }

  /** All of it. */
  byte[] read() {
    return read(Integer.MAX_VALUE, "a graph in memory");
  }

  /** All of a JSON file with a model's facts, of which the largest have some 100 KB. */
  byte[] readFacts() {
    return read(16 << 20, "a file of facts");
  }

  /** All of a tokenizer's JSON, of which the largest that are known have 40 MB. */
  byte[] readTokenizer() {
    return read(128 << 20, "a tokenizer");
  }

  private byte[] read(int limit, String what) {
    byte[] bytes = read(limit);
    if (bytes.length == limit) {
      throw new ModelLoadException(
          "%s has %,d bytes or more, which is too long for %s: get the file again"
              .formatted(name, limit, what));
    }
    requireNoPointer(bytes);
    return bytes;
  }

  /** Checks that the file can be read and is no pointer of Git LFS. */
  ModelFile check() {
    requireNoPointer(read(GIT_LFS.length));
    return this;
  }

  private void requireNoPointer(byte[] bytes) {
    if (bytes.length >= GIT_LFS.length
        && Arrays.equals(bytes, 0, GIT_LFS.length, GIT_LFS, 0, GIT_LFS.length)) {
      throw new ModelLoadException(
          name
              + " is a pointer of Git LFS, not the file itself: run 'git lfs pull' in the clone,"
              + " or download the file");
    }
  }

  /** Opens the file; the caller closes the stream. */
  InputStream open() throws IOException {
    return opener.open();
  }

  private byte[] read(int most) {
    try (InputStream in = opener.open()) {
      return in.readNBytes(most);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  ModelLoadException unreadable(IOException e) {
    return new ModelLoadException(
        name + " cannot be read (" + e + "): check that the file is there and readable", e);
  }

  /** How large it is and when it was last changed: equal before and after if nobody wrote. */
  Optional<Object> stamp() {
    return path.map(
        file -> {
          try {
            var facts =
                Files.readAttributes(
                    file, java.nio.file.attribute.BasicFileAttributes.class, new LinkOption[0]);
            return java.util.Arrays.asList(facts.size(), facts.lastModifiedTime(), facts.fileKey());
          } catch (IOException e) {
            throw unreadable(e);
          }
        });
  }
}
