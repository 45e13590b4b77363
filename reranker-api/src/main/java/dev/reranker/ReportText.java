package dev.reranker;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

/** The numbers of a stage's report on one line, for people; of those that are 0 only the first. */
final class ReportText {

  /** Shorter waits are not worth a word. */
  private static final Duration SHOWN = Duration.ofNanos(100_000);

  private final StringJoiner text;

  /** What a stage itself did, without its parts and without the reason of a failure. */
  static String of(StageReport report) {
    int scored = report.scored();
    int skipped = report.skipped();
    ReportText text =
        new ReportText(report.stage(), report.candidates())
            .count(scored + skipped > 0, scored, " scored")
            .count(skipped > 0, skipped, " not scored")
            .count(report.truncated() > 0, report.truncated(), " cut")
            .count(report.prepared() > 0, report.prepared(), " prepared")
            .count(report.cached() > 0, report.cached(), " from the cache")
            .tokens(report.tokens(), report.paddingRatio())
            .took(report.took(), report.waited());
    String how = report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return text + (report.outcome() == StageReport.Outcome.COMPLETE ? "" : ", " + how);
  }

  private ReportText(String stage, int candidates) {
    text = new StringJoiner(", ", stage + ": ", "").add(candidates + " candidates");
  }

  private ReportText count(boolean shown, int count, String what) {
    return shown ? add(count + what) : this;
  }

  private ReportText tokens(long tokens, double padding) {
    return tokens > 0
        ? add(String.format(Locale.ROOT, "%,d tokens (%.0f %% padding)", tokens, 100 * padding))
        : this;
  }

  private ReportText took(Duration took, Duration waited) {
    return add(
        waited.compareTo(SHOWN) < 0
            ? time(took)
            : time(took) + " (" + time(waited) + " of it waiting)");
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
