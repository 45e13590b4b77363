package dev.reranker.examples.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/** Standard output, a pipe or a device: each answer is written at once and cannot be taken back. */
final class RunStream implements RunTarget {

  private static final int KIND = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  private final Optional<PrintWriter> out;
  private final Path place;

  RunStream(PrintWriter out) {
    this.out = Optional.of(out);
    this.place = Path.of("-");
  }

  RunStream(Path place) throws IOException {
    if (isBlockDevice(place)) {
      throw new FileSystemException(
          place.toString(), null, "is a block device, perhaps a disk with files on it");
    }
    this.out = Optional.empty();
    this.place = place;
  }

  private static boolean isBlockDevice(Path place) throws IOException {
    return place.getFileSystem().supportedFileAttributeViews().contains("unix")
        && ((int) Files.getAttribute(place, "unix:mode") & KIND) == BLOCK_DEVICE;
  }

  @Override
  public Begun begin(String key, int queries, boolean resume, PrintWriter err) throws IOException {
    if (out.isPresent()) {
      return new Lines(out.get(), false);
    }
    // As it is: not made where it is gone meanwhile, and nothing of it cut off.
    var stream = Files.newOutputStream(place, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    return new Lines(
        StandardOutput.printer(place.toString(), stream, StandardCharsets.UTF_8, false), true);
  }

  private record Lines(PrintWriter out, boolean owned) implements Begun {

    @Override
    public Set<String> answered() {
      return Set.of();
    }

    @Override
    public void write(String lines) {
      out.print(lines);
      out.flush();
    }

    @Override
    public void complete() {}

    @Override
    public void close() {
      if (owned) {
        out.close();
      }
    }
  }
}
