package dev.reranker.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Relevance judgements: for each query the grades of its judged documents. Immutable. */
public final class Qrels {

  private static final String BEIR_HEADER = "query-id\tcorpus-id\tscore";
  private static final String FORMATS =
      "BEIR's, with the header query-id<TAB>corpus-id<TAB>score and three columns, "
          + "or TREC's, four columns: query iteration document grade";

  private final Map<String, Map<String, Integer>> grades;

  private Qrels(Map<String, Map<String, Integer>> grades) {
    this.grades = Collections.unmodifiableMap(grades);
  }

  /**
   * Judgements from a map.
   *
   * @param grades query id to document id to grade; 0 or less is not relevant, 1 or more is
   * @return the judgements; the map is copied
   */
  public static Qrels of(Map<String, Map<String, Integer>> grades) {
    var copy = new LinkedHashMap<String, Map<String, Integer>>();
    grades.forEach((query, documents) -> copy.put(query, Map.copyOf(documents)));
    return new Qrels(copy);
  }

  /**
   * Reads a file of judgements, as {@link TextLines} does: UTF-8, plain or compressed with gzip.
   * Which of the two formats it has is seen from its first line:
   *
   * <ul>
   *   <li>BEIR: the header {@code query-id corpus-id score}, then those columns, all separated by
   *       tabs
   *   <li>TREC: no header; {@code query iteration document grade}, separated by white space; the
   *       iteration is ignored
   * </ul>
   *
   * @param file the file
   * @return the judgements, queries in the file's order
   * @throws IOException if the file cannot be read, is empty, or has a line of another form or a
   *     document judged twice for a query; the message names file and line
   */
  public static Qrels read(Path file) throws IOException {
    var grades = new LinkedHashMap<String, Map<String, Integer>>();
    var ids = new Words();
    boolean beir = false;
    try (var lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (lines.number() == 1 && line.strip().equals(BEIR_HEADER)) {
          beir = true;
          continue;
        }
        if (line.isBlank()) {
          continue;
        }
        String[] columns = beir ? line.strip().split("\t", -1) : line.strip().split("\\s+", -1);
        if (columns.length != (beir ? 3 : 4)) {
          throw lines.malformed(columns.length + " columns; the format is " + FORMATS);
        }
        String query = columns[0];
        String document = ids.one(columns[beir ? 1 : 2]);
        int grade = grade(lines, columns[beir ? 2 : 3]);
        if (grades.computeIfAbsent(query, q -> new LinkedHashMap<>()).put(document, grade)
            != null) {
          throw lines.malformed(
              "document '" + document + "' is judged twice for query '" + query + "'");
        }
      }
    }
    if (grades.isEmpty()) {
      throw new IOException(file + ": no judgements; the format is " + FORMATS);
    }
    grades.replaceAll((query, documents) -> Collections.unmodifiableMap(documents));
    return new Qrels(grades);
  }

  private static int grade(TextLines lines, String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw lines.malformed("the grade '" + text + "' is not a whole number");
    }
  }

  /**
   * The judged queries.
   *
   * @return their ids, in the order they were given; unmodifiable
   */
  public Set<String> queries() {
    return grades.keySet();
  }

  /**
   * The judgements of one query.
   *
   * @param query the query's id
   * @return document id to grade, unmodifiable; empty for a query without judgements
   */
  public Map<String, Integer> grades(String query) {
    return grades.getOrDefault(query, Map.of());
  }
}
