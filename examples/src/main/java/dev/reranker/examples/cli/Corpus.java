package dev.reranker.examples.cli;

import dev.reranker.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the user's documents: a JSONL file in BEIR's form, or a folder of .txt and .md files. The
 * text of a document is its title and its text together: both are searched and reranked.
 */
final class Corpus {

  static final String TITLE = "title";
  private static final String FORM =
      "{\"_id\": \"d1\", \"title\": \"may be missing\", \"text\": \"…\"}";

  private Corpus() {}

  /**
   * Reads all documents.
   *
   * @throws IOException if something cannot be read, is malformed or there twice, or if there is no
   *     document; the message names the file and, in JSONL, the line
   */
  static List<Document> read(Path path) throws IOException {
    List<Document> documents = Files.isDirectory(path) ? folder(path) : jsonLines(path);
    if (documents.isEmpty()) {
      throw new IOException(
          path
              + (Files.isDirectory(path)
                  ? ": no .txt or .md file in this folder"
                  : ": no documents; a line has the form " + FORM));
    }
    return documents;
  }

  private static List<Document> jsonLines(Path file) throws IOException {
    var documents = new ArrayList<Document>();
    Map<String, Integer> lineOf = new HashMap<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      var lines = new JsonLines(file.toString(), reader, FORM);
      while (lines.next()) {
        String id = lines.required("_id");
        String title = lines.optional(TITLE).strip();
        String text = lines.required("text").strip();
        Integer before = lineOf.putIfAbsent(id, lines.number());
        if (before != null) {
          throw new IOException(
              "%s:%d: \"_id\" '%s' was given in line %d already; each document needs its own"
                  .formatted(file, lines.number(), id, before));
        }
        documents.add(
            title.isEmpty()
                ? Document.of(id, text)
                : new Document(id, (title + " " + text).strip(), Map.of(TITLE, title)));
      }
    }
    return documents;
  }

  private static List<Document> folder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(folder)) {
      files =
          tree.filter(Files::isRegularFile)
              .filter(file -> file.toString().matches("(?i).*\\.(txt|md)"))
              .sorted()
              .toList();
    }
    var documents = new ArrayList<Document>(files.size());
    for (Path file : files) {
      String id = folder.relativize(file).toString().replace('\\', '/');
      try {
        documents.add(Document.of(id, Files.readString(file).strip()));
      } catch (CharacterCodingException e) {
        throw new IOException(file + ": not UTF-8 text", e);
      }
    }
    return documents;
  }
}
