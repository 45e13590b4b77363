package dev.reranker;

import dev.reranker.StageReport.Outcome;
import java.util.Locale;

/** A stage's report on one line, for people. */
final class ReportText {

  private ReportText() {}

  static String of(StageReport report) {
    String why =
        report.outcome() == Outcome.COMPLETE
            ? ""
            : report.failure().map(e -> " (" + e.getMessage() + ")").orElse("");
    return numbers(report) + why + (report.parts().isEmpty() ? "" : " " + report.parts());
  }

  /** What the stage itself did, without its parts and without the reason of a failure. */
  static String numbers(StageReport report) {
    var text =
        new StringBuilder(report.stage())
            .append(": ")
            .append(report.candidates())
            .append(" candidates");
    if (report.scored() + report.skipped() > 0) {
      text.append(", ").append(report.scored()).append(" scored");
    }
    if (report.skipped() > 0) {
      text.append(", ").append(report.skipped()).append(" not scored");
    }
    if (report.truncated() > 0) {
      text.append(", ").append(report.truncated()).append(" cut");
    }
    if (report.prepared() > 0) {
      text.append(", ").append(report.prepared()).append(" prepared");
    }
    if (report.tokens() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              ", %,d tokens (%.0f %% padding)",
              report.tokens(),
              100 * report.paddingRatio()));
    }
    text.append(String.format(Locale.ROOT, ", %,d ms", report.took().toMillis()));
    if (report.waited().toMillis() > 0) {
      text.append(
          String.format(Locale.ROOT, " (%,d ms of it waiting)", report.waited().toMillis()));
    }
    if (report.outcome() != Outcome.COMPLETE) {
      String outcome = report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      text.append(", ").append(outcome);
    }
    return text.toString();
  }
}
