package dev.reranker.examples.cli.input;

import dev.reranker.Document;
import dev.reranker.eval.TextLines;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The text files in and below a folder, each a document whose id is its path in the folder.
 * Symbolic links are followed; one that leads back to a folder it lies in is passed over.
 */
final class TextFolder extends SimpleFileVisitor<Path> {

  private static final Pattern NAME =
      Pattern.compile(".*\\.(txt|md)(\\.gz)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final Consumer<String> notes;
  private final List<Path> files = new ArrayList<>();

  private TextFolder(Consumer<String> notes) {
    this.notes = notes;
  }

  static List<Document> read(Path folder, IdRule rule, Consumer<String> notes) throws IOException {
    var found = new TextFolder(notes);
    Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, found);
    found.files.sort(null);
    var documents = new ArrayList<Document>(found.files.size());
    Map<String, Path> fileOf = new HashMap<>();
    for (Path file : found.files) {
      String id = id(folder.relativize(file));
      Path before = fileOf.putIfAbsent(id, file);
      if (before != null) {
        throw new IOException(
            "%s: the id '%s' is that of %s already; each document needs its own: rename one"
                .formatted(file, id, before));
      }
      Optional<String> problem = rule.problem(id);
      if (problem.isPresent()) {
        throw new IOException(file + ": " + problem.get() + ": rename the file");
      }
      documents.add(Document.of(id, text(file)));
    }
    return documents;
  }

  /**
   * The path with a slash between its parts; a backslash is a part's own where the file system has
   * it as a letter.
   */
  private static String id(Path relative) {
    return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
  }

  private static String text(Path file) throws IOException {
    var text = new StringBuilder();
    try (var lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        text.append(line).append('\n');
      }
    }
    return text.toString().strip();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
    if (NAME.matcher(file.getFileName().toString()).matches()) {
      if (facts.isSymbolicLink()) {
        throw new FileSystemException(file.toString(), null, "a symbolic link to nothing");
      }
      if (facts.isRegularFile()) {
        files.add(file);
      } else {
        notes.accept(file + ": neither a file nor a folder; passed over");
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (e instanceof FileSystemLoopException) {
      notes.accept(file + ": a symbolic link back to a folder it lies in; passed over");
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }
}
