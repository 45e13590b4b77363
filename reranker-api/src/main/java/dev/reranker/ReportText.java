package dev.reranker;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

/** The numbers of a stage's report on one line, for people; of those that are 0 only the first. */
final class ReportText {

  /** Shorter waits are not worth a word. */
  private static final Duration SHOWN = Duration.ofNanos(100_000);

  private final StringJoiner text;

  ReportText(String stage, int candidates) {
    text = new StringJoiner(", ", stage + ": ", "").add(candidates + " candidates");
  }

  ReportText scored(int scored, int skipped) {
    return scored + skipped > 0 ? add(scored + " scored").count(skipped, " not scored") : this;
  }

  ReportText count(int count, String what) {
    return count > 0 ? add(count + what) : this;
  }

  ReportText tokens(long tokens, double padding) {
    return tokens > 0
        ? add(String.format(Locale.ROOT, "%,d tokens (%.0f %% padding)", tokens, 100 * padding))
        : this;
  }

  ReportText took(Duration took, Duration waited) {
    return add(
        waited.compareTo(SHOWN) < 0
            ? time(took)
            : time(took) + " (" + time(waited) + " of it waiting)");
  }

  /** How it ended, where that is worth a word. */
  ReportText ended(String how) {
    return how.isEmpty() ? this : add(how.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  /** A time to three digits or so: reranking may be a matter of 2 ms, or of a second. */
  static String time(Duration time) {
    double millis = time.toNanos() / 1e6;
    return String.format(Locale.ROOT, millis < 9.95 ? "%.1f ms" : "%,.0f ms", millis);
  }

  private ReportText add(String part) {
    text.add(part);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
