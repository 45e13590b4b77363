package dev.reranker.eval;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes a TREC run file, query by query: lines of {@code query Q0 document rank score tag},
 * separated by single spaces, UTF-8.
 *
 * {@snippet :
 * try (var writer = RunWriter.create(Path.of("bm25.run"), "bm25")) {
 *   writer.write("q1", List.of(new RunWriter.Hit("d7", 12.5), new RunWriter.Hit("d2", 9.0)));
 * }
 * }
 *
 * <p>Tools order a run by its scores, in single precision. So a score that is not below the one
 * before it is written as the next smaller {@code float}: ties keep the order they were given in,
 * whichever tool reads them. Not thread-safe.
 */
public final class RunWriter implements Closeable {

  private final Writer out;
  private final String tag;

  /**
   * A line of a run without its rank.
   *
   * @param document the document's id
   * @param score higher is better; finite
   */
  public record Hit(String document, double score) {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if the score is NaN or infinite, or the id is empty or has
     *     white space in it, which the format cannot hold
     */
    public Hit {
      checkWord("document id", document);
      if (!Float.isFinite((float) score)) {
        throw new IllegalArgumentException(
            "score %s of document '%s' is not a finite number".formatted(score, document));
      }
    }
  }

  private RunWriter(Writer out, String tag) {
    this.out = out;
    this.tag = tag;
  }

  /**
   * Opens a file; one that exists is overwritten.
   *
   * @param file where to write
   * @param tag names the system that made the run, in the last column
   * @return the writer, which the caller closes
   * @throws IllegalArgumentException if the tag is empty or has white space in it
   * @throws IOException if the file cannot be opened
   */
  public static RunWriter create(Path file, String tag) throws IOException {
    checkWord("tag", tag);
    return new RunWriter(Files.newBufferedWriter(file), tag);
  }

  /**
   * Writes the answer to one query.
   *
   * @param query the query's id
   * @param hits best first; ranks are given from 1
   * @throws IllegalArgumentException if the query's id is empty or has white space in it, or a
   *     score is higher than the one before it
   * @throws IOException if writing fails
   */
  public void write(String query, List<Hit> hits) throws IOException {
    checkWord("query id", query);
    var lines = new StringBuilder();
    float below = Float.POSITIVE_INFINITY;
    double before = Double.POSITIVE_INFINITY;
    int rank = 0;
    for (Hit hit : hits) {
      if (hit.score() > before) {
        throw new IllegalArgumentException(
            "query '%s': score %s at rank %d is higher than %s before it; give the best first"
                .formatted(query, hit.score(), rank + 1, before));
      }
      before = hit.score();
      below = Math.min((float) hit.score(), Math.nextDown(below));
      lines
          .append(query)
          .append(" Q0 ")
          .append(hit.document())
          .append(' ')
          .append(++rank)
          .append(' ')
          .append(below)
          .append(' ')
          .append(tag)
          .append('\n');
    }
    out.append(lines);
  }

  private static void checkWord(String what, String word) {
    Objects.requireNonNull(word, what);
    if (word.isEmpty() || word.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException(
          "the %s '%s' is empty or has white space in it, which a run file cannot hold"
              .formatted(what, word));
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
