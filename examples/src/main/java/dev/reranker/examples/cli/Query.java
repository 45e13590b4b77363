package dev.reranker.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A query of a query set. */
record Query(String id, String text) {

  /** Reads a JSONL file in BEIR's form. */
  static List<Query> read(Path file) throws IOException {
    String form = "{\"_id\": \"q1\", \"text\": \"…\"}";
    var queries = new ArrayList<Query>();
    Set<String> ids = new HashSet<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      var lines = new JsonLines(file.toString(), reader, form);
      while (lines.next()) {
        var query = new Query(lines.required("_id"), lines.required("text").strip());
        if (query.text.isEmpty()) {
          throw lines.malformed("\"text\" is blank");
        }
        if (!ids.add(query.id)) {
          throw lines.malformed("\"_id\" '%s' is there twice".formatted(query.id));
        }
        queries.add(query);
      }
    }
    if (queries.isEmpty()) {
      throw new IOException(file + ": no queries; a line has the form " + form);
    }
    return queries;
  }
}
