package dev.reranker.examples.cli.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Optional;
import java.util.Set;

/**
 * A run that is being written, in a file of its own beside the one it shall become. Each answer is
 * in the file as soon as it is written. When the program is stopped, whole answers stay.
 */
final class UnfinishedRun implements RunTarget.Begun {

  private final Path part;
  private final Path target;
  private final int queries;
  private final PrintWriter err;
  private final FileChannel channel;
  private final Set<String> before;
  private final Thread atExit = new Thread(this::stop, "keep answers");
  private long length;
  private int written;
  private boolean ended;

  private UnfinishedRun(
      Path part,
      Path target,
      int queries,
      PrintWriter err,
      FileChannel channel,
      AnsweredQueries answered)
      throws IOException {
    this.part = part;
    this.target = target;
    this.queries = queries;
    this.err = err;
    this.channel = channel;
    this.before = answered.ids();
    this.length = answered.length();
    channel.truncate(length);
    channel.position(length);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static UnfinishedRun start(Path part, Path target, int queries, PrintWriter err)
      throws IOException {
    FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock(channel);
    return new UnfinishedRun(part, target, queries, err, channel, AnsweredQueries.NONE);
  }

  /** Goes on with a file, unless another process is writing to it. */
  static Optional<UnfinishedRun> goOn(Path part, Path target, int queries, PrintWriter err)
      throws IOException {
    FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
    try {
      if (!lock(channel)) {
        channel.close();
        return Optional.empty();
      }
      AnsweredQueries answered = AnsweredQueries.in(part);
      err.println(
          "going on with %s: %d of %d queries are answered"
              .formatted(part, answered.ids().size(), queries));
      err.flush();
      return Optional.of(new UnfinishedRun(part, target, queries, err, channel, answered));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Until it is closed no other process takes the file for one that was left behind. */
  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      // A file system without locks.
      return true;
    }
  }

  @Override
  public Set<String> answered() {
    return before;
  }

  @Override
  public synchronized void write(String lines) throws IOException {
    if (ended) {
      throw new InterruptedIOException("stopped");
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      length = channel.position();
      written++;
    } catch (IOException e) {
      channel.truncate(length);
      throw new IOException(part + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void complete() throws IOException {
    if (ended) {
      throw new InterruptedIOException("stopped");
    }
    channel.force(true);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(
            target.toString(), null, "is no longer a regular file, and is not replaced");
      }
      keepPermissions();
    }
    channel.close();
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    ended = true;
  }

  private void keepPermissions() throws IOException {
    var old = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    if (old != null) {
      Files.setPosixFilePermissions(part, old.readAttributes().permissions());
    }
  }

  @Override
  public void close() throws IOException {
    keep();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The program is being stopped and the hook runs.
    }
  }

  private void stop() {
    try {
      keep();
    } catch (IOException e) {
      err.println(e.getMessage());
      err.flush();
    }
  }

  private synchronized void keep() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    channel.close();
    int answered = before.size() + written;
    if (answered == 0) {
      Files.deleteIfExists(part);
      return;
    }
    err.println(
        "%d of %d queries are answered and kept in %s; to go on, repeat the command with --resume"
            .formatted(answered, queries, part));
    err.flush();
  }
}
