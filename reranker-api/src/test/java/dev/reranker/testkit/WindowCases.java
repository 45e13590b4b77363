package dev.reranker.testkit;

import dev.reranker.passage.TextRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Texts whose chars, code points and bytes differ, and their windows of six words, a stride of four
 * apart.
 */
public final class WindowCases {

  private static final Pattern WORD = Pattern.compile("[^ \\t\\r\\n]+");
  private static final Pattern STRINGS =
      Pattern.compile("\"(id|text|needle)\": \"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern RANGE = Pattern.compile("\"start\": (\\d+), \"end\": (\\d+)");
  private static final Pattern WINNER = Pattern.compile("\"winner\": (\\d+)");

  private WindowCases() {}

  /**
   * One of the texts.
   *
   * @param needle a word of the text that is searched for
   * @param windows where the windows are
   * @param winner the first window that holds the needle
   */
  public record Case(String id, String text, String needle, List<TextRange> windows, int winner) {

    @Override
    public String toString() {
      return id;
    }
  }

  /** All of them. */
  public static List<Case> all() {
    try (InputStream in =
        Objects.requireNonNull(WindowCases.class.getResourceAsStream("window-ranges.jsonl"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(WindowCases::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Words between spaces, tabs and line ends. */
  public static List<TextRange> words(String text) {
    return WORD.matcher(text)
        .results()
        .map(word -> new TextRange(word.start(), word.end()))
        .toList();
  }

  private static Case read(String line) {
    return new Case(
        string(line, "id"),
        string(line, "text"),
        string(line, "needle"),
        RANGE
            .matcher(line)
            .results()
            .map(r -> new TextRange(Integer.parseInt(r.group(1)), Integer.parseInt(r.group(2))))
            .toList(),
        Integer.parseInt(WINNER.matcher(line).results().findFirst().orElseThrow().group(1)));
  }

  private static String string(String line, String name) {
    MatchResult found =
        STRINGS
            .matcher(line)
            .results()
            .filter(r -> r.group(1).equals(name))
            .findFirst()
            .orElseThrow();
    return Pattern.compile("\\\\(u(\\p{XDigit}{4})|.)")
        .matcher(found.group(2))
        .replaceAll(
            escape ->
                java.util.regex.Matcher.quoteReplacement(
                    escape.group(2) != null
                        ? String.valueOf((char) Integer.parseInt(escape.group(2), 16))
                        : ("\\" + escape.group(1)).translateEscapes()));
  }
}
