package dev.reranker.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What a search system answered: a ranking of document ids for each query. Immutable. */
public final class Run {

  private final Map<String, List<String>> rankings;

  private Run(Map<String, List<String>> rankings) {
    this.rankings = Collections.unmodifiableMap(rankings);
  }

  /**
   * A run from rankings.
   *
   * @param rankings query id to document ids, best first
   * @return the run; the map is copied
   */
  public static Run of(Map<String, List<String>> rankings) {
    var copy = new LinkedHashMap<String, List<String>>();
    rankings.forEach((query, ranking) -> copy.put(query, List.copyOf(ranking)));
    return new Run(copy);
  }

  /**
   * Reads a TREC run file, as {@link TextLines} does: UTF-8, plain or compressed with gzip; lines
   * of {@code query Q0 document rank score tag}, separated by white space.
   *
   * <p>As in trec_eval, the rank column is ignored: the higher score comes first, equal scores by
   * document id, the greater id (by its bytes in UTF-8) first, and scores are compared in single
   * precision. {@link RunWriter} writes scores for which this order is the order of the ranks.
   *
   * @param file the file
   * @return the run, queries in the file's order
   * @throws IOException if the file cannot be read, is empty, or has a line of another form or a
   *     document twice for a query; the message names file and line
   */
  public static Run read(Path file) throws IOException {
    var rankings = new LinkedHashMap<String, RunLines>();
    var ids = new Words();
    try (var lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank()) {
          continue;
        }
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length != 6) {
          throw lines.malformed(
              columns.length + " columns; a run has six: query Q0 document rank score tag");
        }
        rankings
            .computeIfAbsent(columns[0], query -> new RunLines())
            .add(ids.one(columns[2]), score(lines, columns[4]), lines.number());
      }
    }
    if (rankings.isEmpty()) {
      throw new IOException(file + ": no lines of the form: query Q0 document rank score tag");
    }
    return new Run(ranked(file, rankings));
  }

  private static Map<String, List<String>> ranked(Path file, Map<String, RunLines> rankings)
      throws IOException {
    var ranked = new LinkedHashMap<String, List<String>>();
    for (Map.Entry<String, RunLines> entry : rankings.entrySet()) {
      RunLines ranking = entry.getValue();
      OptionalInt repeated = ranking.repeated();
      if (repeated.isPresent()) {
        int position = repeated.getAsInt();
        throw new IOException(
            file
                + ":"
                + ranking.line(position)
                + ": document '"
                + ranking.document(position)
                + "' comes twice for query '"
                + entry.getKey()
                + "'");
      }
      ranked.put(entry.getKey(), ranking.ranked());
    }
    return ranked;
  }

  private static float score(TextLines lines, String text) throws IOException {
    try {
      float score = Float.parseFloat(text);
      if (!Float.isNaN(score)) {
        return score;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw lines.malformed("the score '" + text + "' is not a number");
  }

  /**
   * The answered queries.
   *
   * @return their ids, in the order they were given; unmodifiable
   */
  public Set<String> queries() {
    return rankings.keySet();
  }

  /**
   * The answer to one query.
   *
   * @param query the query's id
   * @return document ids, best first, unmodifiable; empty for a query that was not answered
   */
  public List<String> ranking(String query) {
    return rankings.getOrDefault(query, List.of());
  }
}
