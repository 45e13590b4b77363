package dev.reranker;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The trace of one search as lines for people. */
final class Explanation {

  private static final int WIDTH = 120;
  private static final int QUERY = 80;
  private static final int TEXT = 40;

  private final StringBuilder lines = new StringBuilder();

  private Explanation() {}

  static String of(
      String query, boolean complete, OptionalInt total, List<StageReport> stages, List<Hit> hits) {
    var explanation = new Explanation();
    explanation.head(query, hits.size(), total, complete, stages);
    explanation.stages("", stages);
    explanation.hits(hits);
    return explanation.lines.toString();
  }

  private void head(
      String query, int count, OptionalInt total, boolean complete, List<StageReport> stages) {
    String hits = count == 1 ? "1 hit" : count + " hits";
    if (total.isPresent()) {
      hits += " of " + total.getAsInt();
    }
    Duration took = stages.stream().map(StageReport::took).reduce(Duration.ZERO, Duration::plus);
    String end = (complete ? ", complete, " : ", NOT COMPLETE, ") + ReportText.time(took);
    line("", "search '" + start(query, QUERY) + "': " + hits + end);
  }

  private void stages(String outer, List<StageReport> reports) {
    int number = 1;
    for (StageReport report : reports) {
      String label = outer.isEmpty() ? "stage " + number + ", " : outer + "asked ";
      int dropped = report.scored() + report.skipped() - report.candidates();
      String kept = dropped > 0 ? ", " + dropped + " not handed on" : "";
      line(label, report.line() + kept);
      report.failure().ifPresent(why -> line(outer + "  since: ", message(why)));
      stages(outer + "  ", report.parts());
      number++;
    }
  }

  private static String message(Throwable why) {
    String kind = why.getClass().getName();
    return why.getMessage() == null
        ? kind
        : kind.substring(kind.lastIndexOf('.') + 1) + ", " + why.getMessage();
  }

  private void hits(List<Hit> hits) {
    for (Hit hit : hits) {
      String trail =
          hit.trail().stream().map(StageScore::toString).collect(Collectors.joining(", "));
      String text = start(hit.document().text(), TEXT);
      String shown = text.isBlank() ? " (no text)" : " \"" + text + "\"";
      line("#" + hit.rank() + " ", hit.document().id() + shown + ": " + trail);
    }
  }

  /** The beginning of a text, on one line. */
  private static String start(String text, int length) {
    String plain = plain(text.length() > 2 * length ? text.substring(0, 2 * length) : text).strip();
    return plain.length() <= length && text.length() <= 2 * length
        ? plain
        : cut(plain, length - 1) + "…";
  }

  /** At most this many characters, no pair of surrogates torn. */
  private static String cut(String text, int length) {
    int end = Math.min(length, text.length());
    return text.substring(
        0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static String plain(String text) {
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean breaks = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      plain.append(breaks ? ' ' : c);
    }
    return plain.toString();
  }

  /** One entry, on as many lines as it needs; the second and later ones are set in. */
  private void line(String label, String entry) {
    String rest = plain(label + entry);
    String indent = "";
    String next = " ".repeat(label.length() - label.stripLeading().length() + 4);
    while (indent.length() + rest.length() > WIDTH) {
      int room = WIDTH - indent.length();
      int space = rest.lastIndexOf(' ', room);
      // A first word that fills the line is torn.
      String head = space > room / 2 ? rest.substring(0, space) : cut(rest, room);
      lines.append(indent).append(head.stripTrailing()).append('\n');
      rest = rest.substring(head.length()).strip();
      indent = next;
    }
    lines.append(indent).append(rest).append('\n');
  }
}
