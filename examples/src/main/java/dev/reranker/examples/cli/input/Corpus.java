package dev.reranker.examples.cli.input;

import dev.reranker.Document;
import dev.reranker.eval.TextLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the user's documents: a JSONL file in BEIR's form or Pyserini's, or a {@linkplain
 * TextFolder folder} of text files. The text of a document is its title and its text together: both
 * are searched and reranked.
 */
public final class Corpus {

  private static final String TITLE = "title";

  private static final String FORM =
      "{\"_id\": \"d1\", \"title\": \"may be missing\", \"text\": \"…\"}";

  private Corpus() {}

  /**
   * Reads all documents.
   *
   * @param rule which ids are taken
   * @param notes told what is passed over
   * @throws IOException if something cannot be read, is malformed or there twice, or if there is no
   *     document; the message names the file and, in JSONL, the line
   */
  public static List<Document> read(Path path, IdRule rule, Consumer<String> notes)
      throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    boolean folder = Files.isDirectory(path);
    List<Document> documents = folder ? TextFolder.read(path, rule, notes) : jsonLines(path, rule);
    if (documents.isEmpty()) {
      throw new IOException(
          path
              + (folder
                  ? ": no .txt or .md file in this folder"
                  : ": no documents; a line has the form " + FORM));
    }
    return documents;
  }

  /** The title of a document that has one. */
  public static Optional<String> title(Document document) {
    return document.metadata(TITLE, String.class);
  }

  private static List<Document> jsonLines(Path file, IdRule rule) throws IOException {
    var documents = new ArrayList<Document>();
    Map<String, Long> lineOf = new HashMap<>();
    try (var text = TextLines.open(file)) {
      var lines = new JsonLines(text, FORM);
      while (lines.next()) {
        Document document = document(lines);
        Optional<String> problem = rule.problem(document.id());
        if (problem.isPresent()) {
          throw text.malformed(problem.get());
        }
        Long before = lineOf.putIfAbsent(document.id(), lines.number());
        if (before != null) {
          throw text.malformed(
              "the id '%s' was given in line %d already; each document needs its own"
                  .formatted(document.id(), before));
        }
        documents.add(document);
      }
    }
    return documents;
  }

  private static Document document(JsonLines lines) throws IOException {
    String id = lines.id("_id", "id");
    String title = lines.optional(TITLE).strip();
    String text = lines.text("text", "contents").strip();
    return title.isEmpty()
        ? Document.of(id, text)
        : new Document(id, (title + " " + text).strip(), Map.of(TITLE, title));
  }
}
