package dev.reranker.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a search system answered: a ranking of document ids for each query. Immutable. */
public final class Run {

  /** trec_eval's order. */
  private static final Comparator<Hit> BEST_FIRST =
      Comparator.comparingDouble((Hit hit) -> hit.score()).thenComparing(Hit::document).reversed();

  private final Map<String, List<String>> rankings;

  private record Hit(String document, float score) {}

  private Run(Map<String, List<String>> rankings) {
    var copy = new LinkedHashMap<String, List<String>>();
    rankings.forEach((query, ranking) -> copy.put(query, List.copyOf(ranking)));
    this.rankings = Collections.unmodifiableMap(copy);
  }

  /**
   * A run from rankings.
   *
   * @param rankings query id to document ids, best first
   * @return the run; the map is copied
   */
  public static Run of(Map<String, List<String>> rankings) {
    return new Run(rankings);
  }

  /**
   * Reads a TREC run file, UTF-8: lines of {@code query Q0 document rank score tag}, separated by
   * white space.
   *
   * <p>As in trec_eval, the rank column is ignored: the higher score comes first, equal scores by
   * document id, the greater id first, and scores are compared in single precision. {@link
   * RunWriter} writes scores for which this order is the order of the ranks.
   *
   * @param file the file
   * @return the run, queries in the file's order
   * @throws IOException if the file cannot be read, is empty, or has a line of another form or a
   *     document twice for a query; the message names file and line
   */
  public static Run read(Path file) throws IOException {
    var hits = new LinkedHashMap<String, Set<Hit>>();
    var seen = new HashSet<List<String>>();
    try (var lines = TextLines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank()) {
          continue;
        }
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length != 6) {
          throw lines.malformed(
              "%d columns; a run has six: query Q0 document rank score tag"
                  .formatted(columns.length));
        }
        String query = columns[0];
        String document = columns[2];
        if (!seen.add(List.of(query, document))) {
          throw lines.malformed(
              "document '%s' comes twice for query '%s'".formatted(document, query));
        }
        hits.computeIfAbsent(query, q -> new HashSet<>())
            .add(new Hit(document, score(lines, columns[4])));
      }
    }
    if (hits.isEmpty()) {
      throw new IOException(file + ": no lines of the form: query Q0 document rank score tag");
    }
    var rankings = new LinkedHashMap<String, List<String>>();
    hits.forEach(
        (query, found) ->
            rankings.put(query, found.stream().sorted(BEST_FIRST).map(Hit::document).toList()));
    return new Run(rankings);
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
    throw lines.malformed("the score '%s' is not a number".formatted(text));
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
