package dev.reranker.examples.cli.input;

import dev.reranker.eval.TextLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of standard input. */
public final class StandardInput {

  /** On Linux, what the first file descriptor really is. */
  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/0");

  private StandardInput() {}

  /**
   * Lines named {@code stdin}, for the caller to read and not to close: standard input is not ours.
   *
   * @throws IOException if standard input is closed
   */
  public static TextLines lines() throws IOException {
    // Where it is closed, the JVM's own class library is the first file that it opens, and takes
    // its number.
    if (Files.isSymbolicLink(DESCRIPTOR)) {
      Path library = Path.of(System.getProperty("java.home")).toRealPath();
      if (Files.readSymbolicLink(DESCRIPTOR).startsWith(library)) {
        throw new IOException("standard input is closed; there is nothing to read");
      }
    }
    return TextLines.of("stdin", System.in);
  }
}
