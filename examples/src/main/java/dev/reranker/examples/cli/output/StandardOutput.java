package dev.reranker.examples.cli.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Standard output as a {@link PrintWriter} that does not swallow failures: one that cannot write
 * throws a {@link Failure}, so that a full disk or a reader that is gone ends the program.
 */
public final class StandardOutput {

  /** On Linux, what standard output really is. */
  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

  private StandardOutput() {}

  /** Standard output, or what stands in for it, could not be written to. */
  public static final class Failure extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    private final boolean readerGone;

    Failure(String name, IOException cause, boolean readerGone) {
      super(name + ": " + cause.getMessage(), cause);
      this.readerGone = readerGone;
    }

    /** Whether whoever read it has seen enough, as after {@code | head}. */
    public boolean readerGone() {
      return readerGone;
    }
  }

  /** The process's own standard output. */
  public static PrintWriter printer() {
    return printer(
        "standard output",
        new FileOutputStream(FileDescriptor.out),
        System.out.charset(),
        isPipe());
  }

  /**
   * Prints to a stream, which is flushed after each line.
   *
   * @param name what errors call it
   * @param pipe whether it is known to be a pipe, which fails when its reader is gone
   */
  public static PrintWriter printer(String name, OutputStream out, Charset charset, boolean pipe) {
    return new PrintWriter(new Honest(name, new OutputStreamWriter(out, charset), pipe), true);
  }

  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(DESCRIPTOR).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return false;
    }
  }

  /** PrintWriter keeps an IOException to itself; an unchecked one it lets through. */
  private static final class Honest extends Writer {

    private final String name;
    private final Writer out;
    private final boolean pipe;

    Honest(String name, Writer out, boolean pipe) {
      this.name = name;
      this.out = out;
      this.pipe = pipe;
    }

    @Override
    public void write(char[] text, int offset, int length) {
      attempt(() -> out.write(text, offset, length));
    }

    @Override
    public void flush() {
      attempt(out::flush);
    }

    @Override
    public void close() {
      attempt(out::close);
    }

    private void attempt(Attempt attempt) {
      try {
        attempt.run();
      } catch (IOException e) {
        // Elsewhere than on Linux the message has to tell, which may be in the user's language.
        throw new Failure(
            name,
            e,
            pipe
                || String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe"));
      }
    }
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }
}
