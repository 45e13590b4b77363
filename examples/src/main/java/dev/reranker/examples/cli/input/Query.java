package dev.reranker.examples.cli.input;

import dev.reranker.eval.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A query of a query set.
 *
 * @param place the file and line it was read from, for messages; empty for one that was typed
 */
public record Query(String id, String text, String place) {

  private static final String FORM = "{\"_id\": \"q1\", \"text\": \"…\"}";

  /** What messages about this query begin with. */
  public String label() {
    return place.isEmpty() ? "" : place + ": query '" + id + "': ";
  }

  /** Reads a JSONL file in BEIR's form. */
  public static List<Query> read(Path file, IdRule rule) throws IOException {
    var queries = new ArrayList<Query>();
    Map<String, Long> lineOf = new HashMap<>();
    try (var text = TextLines.open(file)) {
      var lines = new JsonLines(text, FORM);
      while (lines.next()) {
        var query =
            new Query(
                lines.id("_id", "id"), lines.text("text").strip(), file + ":" + lines.number());
        Optional<String> problem = rule.problem(query.id);
        if (problem.isPresent()) {
          throw text.malformed(problem.get());
        }
        if (query.text.isEmpty()) {
          throw lines.malformed("\"text\" is blank");
        }
        Long before = lineOf.putIfAbsent(query.id, lines.number());
        if (before != null) {
          throw text.malformed(
              "the id '%s' was given in line %d already; each query needs its own"
                  .formatted(query.id, before));
        }
        queries.add(query);
      }
    }
    if (queries.isEmpty()) {
      throw new IOException(file + ": no queries; a line has the form " + FORM);
    }
    return queries;
  }
}
