package dev.reranker;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

/** The numbers of a stage's report on one line, for people; of those that are 0 only the first. */
final class ReportText {

  private final StringJoiner text;

  ReportText(String stage, int candidates) {
    text = new StringJoiner(", ", stage + ": ", "").add(candidates + " candidates");
  }

  ReportText count(boolean shown, int count, String what) {
    return shown ? add(count + what) : this;
  }

  ReportText tokens(long tokens, double padding) {
    return tokens > 0
        ? add(String.format(Locale.ROOT, "%,d tokens (%.0f %% padding)", tokens, 100 * padding))
        : this;
  }

  ReportText took(Duration took, Duration waited) {
    String time = String.format(Locale.ROOT, "%,d ms", took.toMillis());
    return add(
        waited.toMillis() > 0
            ? time + String.format(Locale.ROOT, " (%,d ms of it waiting)", waited.toMillis())
            : time);
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
