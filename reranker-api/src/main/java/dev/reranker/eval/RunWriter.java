package dev.reranker.eval;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a TREC run file, query by query: lines of {@code query Q0 document rank score tag},
 * separated by single spaces, UTF-8.
 *
 * {@snippet :
 * try (var writer = RunWriter.create(Path.of("bm25.run"), "bm25")) {
 *   writer.write("q1", List.of(new ScoredDocument("d7", 12.5), new ScoredDocument("d2", 9.0)));
 * }
 * }
 *
 * <p>Tools order a run by its scores, in single precision. So a score that is not below the one
 * before it is written as the next smaller {@code float}: ties keep the order they were given in,
 * whichever tool reads them. Not thread-safe.
 */
public final class RunWriter implements Closeable, Flushable {

  private final Writer out;
  private final String tag;

  private RunWriter(Writer out, String tag) {
    checkWord("tag", tag);
    this.out = out;
    this.tag = tag;
  }

  /**
   * Opens a file; one that exists is overwritten.
   *
   * @param file where to write
   * @param tag names the system that made the run, in the last column
   * @return the writer, which the caller closes
   * @throws IllegalArgumentException if a run file cannot hold the tag
   * @throws IOException if the file cannot be opened
   */
  public static RunWriter create(Path file, String tag) throws IOException {
    checkWord("tag", tag);
    return new RunWriter(Files.newBufferedWriter(file), tag);
  }

  /**
   * Writes to a writer of the caller's.
   *
   * @param out takes the lines; closed by {@link #close}
   * @param tag names the system that made the run, in the last column
   * @return the writer
   * @throws IllegalArgumentException if a run file cannot hold the tag
   */
  public static RunWriter to(Writer out, String tag) {
    return new RunWriter(Objects.requireNonNull(out, "out"), tag);
  }

  /**
   * Whether a run file can hold this as an id or a tag: it is not empty and has no white space of
   * any script in it, at which one tool or another would split it, no control character and no
   * unpaired surrogate.
   *
   * @param word an id or a tag
   * @return whether {@link #write} takes it
   */
  public static boolean canHold(String word) {
    return !word.isEmpty()
        && word.codePoints()
            .noneMatch(
                c ->
                    Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || Character.isISOControl(c)
                        || Character.getType(c) == Character.SURROGATE);
  }

  private static void checkWord(String what, String word) {
    if (!canHold(word)) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " '"
              + word
              + "' is empty or has white space or a control character in it, which a run file"
              + " cannot hold");
    }
  }

  /**
   * Writes the answer to one query. Nothing of it is written when it is refused.
   *
   * @param query the query's id
   * @param documents best first; ranks are given from 1
   * @throws IllegalArgumentException if a run file {@linkplain #canHold cannot hold} the query's id
   *     or a document's, a document comes twice, or a score is higher than the one before it
   * @throws IOException if writing fails
   */
  public void write(String query, List<ScoredDocument> documents) throws IOException {
    checkWord("query id", query);
    var lines = new StringBuilder();
    Set<String> seen = new HashSet<>();
    float below = Float.POSITIVE_INFINITY;
    double before = Double.POSITIVE_INFINITY;
    int rank = 0;
    for (ScoredDocument document : documents) {
      checkWord("document id", document.id());
      if (!seen.add(document.id())) {
        throw new IllegalArgumentException(
            "query '" + query + "': document '" + document.id() + "' comes twice");
      }
      rank++;
      if (document.score() > before) {
        throw new IllegalArgumentException(
            "query '"
                + query
                + "': score "
                + document.score()
                + " at rank "
                + rank
                + " is higher than "
                + before
                + " before it; give the best first");
      }
      before = document.score();
      below = Math.min((float) document.score(), Math.nextDown(below));
      lines
          .append(query)
          .append(" Q0 ")
          .append(document.id())
          .append(' ')
          .append(rank)
          .append(' ')
          .append(below)
          .append(' ')
          .append(tag)
          .append('\n');
    }
    out.append(lines);
  }

  /**
   * Hands on what was written.
   *
   * @throws IOException if writing fails
   */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /**
   * Hands on what was written and closes the file or writer.
   *
   * @throws IOException if writing fails
   */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
