package dev.reranker.examples.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where a run goes: a file, which is replaced only when the run is complete, or something that is
 * written to as it comes: standard output, a pipe, a device.
 */
public sealed interface RunTarget permits RunFile, RunStream {

  /** What is standard output under a name of its own; opening it again would cut a file off. */
  Set<String> STANDARD_OUTPUT = Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

  /** A run that has begun. */
  interface Begun extends AutoCloseable {

    /** The queries that an earlier attempt answered. */
    Set<String> answered();

    /**
     * Writes the lines of one query's answer, all or none of them.
     *
     * @throws IOException if writing fails
     */
    void write(String lines) throws IOException;

    /** All is answered: the run appears where it was asked for. */
    void complete() throws IOException;

    /** Without {@link #complete} before, keeps what was answered and says where. */
    @Override
    void close() throws IOException;
  }

  /**
   * Looks at a place before the work begins, so that one that cannot be written to is known at
   * once.
   *
   * @param place what the user named; {@code -} is standard output
   * @param out standard output
   * @param resume whether a run that was stopped shall be gone on with there
   * @throws IllegalArgumentException if it shall, but nothing can be kept there
   * @throws IOException if it cannot be written to
   */
  static RunTarget at(String place, PrintWriter out, boolean resume) throws IOException {
    RunTarget target = at(place, out);
    if (resume && target instanceof RunStream) {
      throw new IllegalArgumentException(
          "--resume needs a file to go on with; --out %s is none: name a file, or leave --resume out"
              .formatted(place));
    }
    return target;
  }

  private static RunTarget at(String place, PrintWriter out) throws IOException {
    if (place.equals("-") || STANDARD_OUTPUT.contains(place)) {
      return new RunStream(out);
    }
    Path path = followLinks(Path.of(place));
    if (Files.isDirectory(path) || place.endsWith("/")) {
      throw new FileSystemException(place, null, "is a folder; name a file in it");
    }
    if (Files.exists(path) && (!Files.isRegularFile(path) || isOwnDescriptor(path))) {
      return new RunStream(path);
    }
    check(path);
    return new RunFile(path);
  }

  /**
   * Begins to write.
   *
   * @param key changes with everything that an answer depends on
   * @param resume whether an attempt with this key that was stopped is gone on with
   */
  Begun begin(String key, int queries, boolean resume, PrintWriter err) throws IOException;

  /** Whether this is a file that the shell has opened for this process and may append to. */
  private static boolean isOwnDescriptor(Path path) {
    return path.startsWith("/proc")
        || path.startsWith("/dev/fd")
        || path.startsWith("/dev/stdin")
        || path.startsWith("/dev/stderr");
  }

  /** To the file that a chain of symbolic links leads to, which may not be there yet. */
  private static Path followLinks(Path path) throws IOException {
    Path at = path.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(at) && !isOwnDescriptor(at); links++) {
      if (links == 40) {
        throw new FileSystemException(
            path.toString(), null, "is a symbolic link that leads round in a circle");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  private static void check(Path file) throws IOException {
    Path folder = RunFile.folderOf(file);
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder; make it first");
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw new AccessDeniedException(file.toString(), null, "is write-protected");
    }
    // In the folder, since the file itself is replaced by another at the end.
    Path probe = RunFile.unusedName(file, "probe");
    try {
      Files.createFile(probe);
      Files.delete(probe);
    } catch (FileSystemException e) {
      var failure =
          new FileSystemException(
              folder.toString(),
              null,
              "no file can be made in this folder"
                  + (e.getReason() == null ? "" : ": " + e.getReason()));
      failure.initCause(e);
      throw failure;
    }
  }
}
