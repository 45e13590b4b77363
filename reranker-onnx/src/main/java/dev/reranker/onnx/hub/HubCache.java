package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model's folder in <a href="https://huggingface.co/docs/hub/local-cache">Hugging Face's
 * cache</a>, which other programs read and write too.
 *
 * <pre>
 * models--ORG--NAME/
 *   refs/main                    the commit of a branch or tag, 40 characters
 *   blobs/ETAG                   contents, by their SHA-256 or git hash
 *   snapshots/COMMIT/dir/file    links to blobs, or the contents where there are no links
 *   .no_exist/COMMIT/file        empty: the commit is known not to have this file
 * .locks/models--ORG--NAME/ETAG.lock
 * </pre>
 */
final class HubCache {

  private static final Logger log = LoggerFactory.getLogger(HubCache.class);

  /** In every repository, and only there where all of a snapshot was downloaded. */
  private static final String WHOLE = ".gitattributes";

  private final Path root;
  private final Path folder;
  private final boolean links;

  HubCache(Path root, String id, boolean links) {
    this.root = root.toAbsolutePath().normalize();
    this.folder = this.root.resolve(HubNames.folder(id));
    this.links = links;
  }

  Path folder() {
    return folder;
  }

  /** What a branch or tag was, when it was last asked for. */
  Optional<String> ref(String revision) {
    Path file = refFile(revision);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      String commit = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
      if (HubNames.isCommit(commit)) {
        return Optional.of(commit);
      }
      throw new ModelLoadException(
          "%s holds '%s'; a commit's 40 hexadecimal digits are expected: delete the file, and the hub is asked"
              .formatted(file, commit.length() > 60 ? commit.substring(0, 60) + "…" : commit));
    } catch (IOException e) {
      throw new ModelLoadException(file + " cannot be read (" + e + "): make it readable", e);
    }
  }

  Path refFile(String revision) {
    return folder.resolve("refs").resolve(revision);
  }

  void ref(String revision, String commit) throws IOException {
    Path file = refFile(revision);
    if (Files.isRegularFile(file) && Files.readString(file).equals(commit)) {
      return;
    }
    Files.createDirectories(parent(file));
    Path temporary = Files.createTempFile(parent(file), "ref", ".tmp");
    try {
      Files.writeString(temporary, commit);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  boolean hasSnapshot(String commit) {
    return Files.isDirectory(snapshot(commit));
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  /** The commits of which files are here. */
  List<String> snapshots() {
    Path snapshots = folder.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return List.of();
    }
    try (Stream<Path> commits = Files.list(snapshots)) {
      return commits.map(commit -> String.valueOf(commit.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw new ModelLoadException(snapshots + " cannot be listed (" + e + ")", e);
    }
  }

  /** The names of a commit's files that are here. */
  List<String> names(String commit) {
    Path snapshot = snapshot(commit);
    try (Stream<Path> files = Files.walk(snapshot)) {
      return files
          .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
          .filter(name -> has(commit, name))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /** Where a file of a commit is, or would be. */
  Path file(String commit, String name) {
    return snapshot(commit).resolve(name);
  }

  /** Whether a file is here, all of it. */
  boolean has(String commit, String name) {
    Path file = file(commit, name);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      return !String.valueOf(file.toRealPath().getFileName()).endsWith(".incomplete");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a link to a file is here whose content is not. */
  boolean isDangling(String commit, String name) {
    return Files.isSymbolicLink(file(commit, name)) && !has(commit, name);
  }

  /** Whether the commit is known not to have this file. */
  boolean knowsAbsence(String commit, String name) {
    return Files.exists(absence(commit, name)) || has(commit, WHOLE);
  }

  /** Notes that the commit has no such file, for the next start. */
  void noteAbsence(String commit, String name) {
    Path note = absence(commit, name);
    try {
      Files.createDirectories(parent(note));
      Files.createFile(note);
    } catch (FileAlreadyExistsException e) {
      // Noted before.
    } catch (IOException e) {
      log.debug("{} cannot be written: the hub is asked again next time", note, e);
    }
  }

  private Path absence(String commit, String name) {
    return folder.resolve(".no_exist").resolve(commit).resolve(name);
  }

  Path blob(String etag) {
    return folder.resolve("blobs").resolve(etag);
  }

  Path lock(String etag) {
    return root.resolve(".locks")
        .resolve(String.valueOf(folder.getFileName()))
        .resolve(etag + ".lock");
  }

  /** Gives a content its name in a snapshot. */
  void place(String etag, String commit, String name) throws IOException {
    Path file = file(commit, name);
    if (has(commit, name)) {
      return;
    }
    Path parent = parent(file);
    Files.createDirectories(parent);
    if (Files.isSymbolicLink(file)) { // to what is gone
      Files.delete(file);
    }
    if (links) {
      try {
        Files.createSymbolicLink(file, parent.relativize(blob(etag)));
        return;
      } catch (FileAlreadyExistsException e) {
        return;
      } catch (IOException | UnsupportedOperationException e) {
        log.debug("no links in {}: files are moved there", parent, e);
      }
    }
    Files.move(blob(etag), file, StandardCopyOption.ATOMIC_MOVE);
  }

  static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException(file + " has no folder");
    }
    return parent;
  }
}
