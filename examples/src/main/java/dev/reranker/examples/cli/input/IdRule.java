package dev.reranker.examples.cli.input;

import dev.reranker.eval.RunWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which ids are taken, so that one that cannot be written later is known when it is read. */
public enum IdRule {
  /** Those that a line with tabs between its columns can hold. */
  TABBED_LINE,
  /** Those that a run file can hold. */
  RUN_FILE;

  /** Control characters, and what Unicode calls separators of lines and paragraphs. */
  private static final Pattern BREAKS_A_LINE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

  /** What is wrong with an id, if anything is. */
  Optional<String> problem(String id) {
    return switch (this) {
      case TABBED_LINE ->
          BREAKS_A_LINE.matcher(id).find()
              ? Optional.of(
                  "the id '%s' has a tab, a line break or another control character in it, which a line of results cannot hold"
                      .formatted(shown(id)))
              : Optional.empty();
      case RUN_FILE ->
          RunWriter.canHold(id)
              ? Optional.empty()
              : Optional.of(
                  "the id '%s' has white space or a control character in it, which a run file cannot hold"
                      .formatted(shown(id)));
    };
  }

  /** A control character by its number, as it would do to a terminal what it says. */
  private static String shown(String id) {
    return BREAKS_A_LINE
        .matcher(id)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.format(Locale.ROOT, "\\u%04x", (int) found.group().charAt(0))));
  }
}
