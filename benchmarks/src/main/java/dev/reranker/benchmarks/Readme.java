package dev.reranker.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The generated parts of a Markdown file, each between two comments. */
final class Readme {

  private Readme() {}

  /**
   * Puts a text between {@code <!-- begin id -->} and {@code <!-- end id -->}.
   *
   * @throws IOException if the file cannot be read or written, or lacks one of the comments
   */
  static void replace(Path file, String id, String text) throws IOException {
    String before = Files.readString(file);
    String begin = "<!-- begin " + id + " -->\n";
    String end = "<!-- end " + id + " -->";
    int from = before.indexOf(begin);
    int to = before.indexOf(end);
    if (from < 0 || to < from) {
      throw new IOException(
          "%s has no place for '%s': put %s and %s on lines of their own"
              .formatted(file, id, begin.strip(), end));
    }
    Files.writeString(
        file, before.substring(0, from) + begin + "\n" + text + "\n" + before.substring(to));
  }
}
