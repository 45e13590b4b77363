package dev.reranker.examples.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A regular file, there or not: it is replaced in one step when the run is complete. */
record RunFile(Path file) implements RunTarget {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SUFFIX = ".part";

  static Path folderOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
  }

  /** Beside the file, so that it can take its place in one step. */
  static Path unusedName(Path file, String infix) {
    byte[] random = new byte[4];
    RANDOM.nextBytes(random);
    return file.resolveSibling(
        prefix(file) + infix + "-" + HexFormat.of().formatHex(random) + SUFFIX);
  }

  private static String prefix(Path file) {
    return file.getFileName() + ".";
  }

  @Override
  public Begun begin(String key, int queries, boolean resume, PrintWriter err) throws IOException {
    if (resume) {
      for (Path part : unfinished(key)) {
        Optional<UnfinishedRun> begun = UnfinishedRun.goOn(part, file, queries, err);
        if (begun.isPresent()) {
          return begun.get();
        }
      }
      err.println("nothing of this run is there to go on with; it begins anew");
      err.flush();
    }
    return UnfinishedRun.start(unusedName(file, key), file, queries, err);
  }

  /** Those with this key, the one with most in it first. */
  private List<Path> unfinished(String key) throws IOException {
    List<Path> same = new ArrayList<>();
    List<Path> other = new ArrayList<>();
    try (Stream<Path> files = Files.list(folderOf(file))) {
      files
          .filter(part -> isPart(part.getFileName().toString()))
          .forEach(
              part ->
                  (part.getFileName().toString().startsWith(prefix(file) + key + "-")
                          ? same
                          : other)
                      .add(part));
    }
    if (same.isEmpty() && !other.isEmpty()) {
      throw new FileSystemException(
          other.get(0).toString(),
          null,
          "was begun with another corpus, other queries, models or settings, so it cannot be gone"
              + " on with; repeat them, or leave --resume out to begin anew");
    }
    Map<Path, Long> sizes = new HashMap<>();
    for (Path part : same) {
      sizes.put(part, Files.size(part));
    }
    same.sort(Comparator.comparing(sizes::get, Comparator.reverseOrder()));
    return same;
  }

  private boolean isPart(String name) {
    return name.startsWith(prefix(file))
        && name.substring(prefix(file).length()).matches("[0-9a-f]{24}-[0-9a-f]{8}\\.part");
  }
}
