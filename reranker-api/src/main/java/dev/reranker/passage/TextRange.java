package dev.reranker.passage;

/**
 * A part of a text, for example a token: {@code text.substring(start, end)}.
 *
 * @param start where it begins, in Java chars (UTF-16 units) from 0
 * @param end where it ends, exclusive; not below the start
 */
public record TextRange(int start, int end) {

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the range is not within a text
   */
  public TextRange {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "start %d and end %d are no range: 0 ≤ start ≤ end".formatted(start, end));
    }
  }
}
