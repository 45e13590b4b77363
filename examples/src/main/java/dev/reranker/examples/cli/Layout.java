package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.examples.cli.input.Corpus;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How results look in a terminal of 80 columns. */
final class Layout {

  static final int WIDTH = 80;
  private static final int TITLE_WIDTH = WIDTH - 22;
  private static final int TEXT_WIDTH = WIDTH - 13;

  private Layout() {}

  /** The title, or the beginning of the text of a document without one, on one line. */
  static String beginning(Document document, int width) {
    return cut(Corpus.title(document).orElse(document.text()), width);
  }

  /**
   * The first stage's best above the reranker's best.
   *
   * @param result all candidates, reranked
   */
  static void compare(SearchResult result, int top, PrintWriter out) {
    compare(result.hits(), result.stages(), top, out);
  }

  static void compare(List<Hit> reranked, List<StageReport> stages, int top, PrintWriter out) {
    List<Hit> before = reranked.stream().sorted(Comparator.comparingInt(Hit::index)).toList();
    heading(out, "First stage (" + stages.getFirst().stage() + ")", "reranked");
    for (Hit hit : before.subList(0, Math.min(top, before.size()))) {
      row(
          out,
          hit,
          hit.index() + 1,
          firstScore(hit, stages.getFirst().stage()),
          "now " + hit.rank());
    }
    out.println();
    heading(out, "Reranked (" + stages.getLast().stage() + ")", "first stage");
    for (Hit hit : reranked.subList(0, Math.min(top, reranked.size()))) {
      row(out, hit, hit.rank(), hit.score(), "was " + (hit.index() + 1));
    }
    out.println();
    stages.forEach(stage -> out.println(account(stage)));
    out.flush();
  }

  private static void heading(PrintWriter out, String left, String right) {
    out.printf("%-" + (WIDTH - right.length()) + "s%s%n", left, right);
  }

  private static void row(PrintWriter out, Hit hit, int rank, double score, String elsewhere) {
    out.printf(
        Locale.ROOT,
        "%3d %s  %-" + TITLE_WIDTH + "s  %7s%n",
        rank,
        number(score),
        beginning(hit.document(), TITLE_WIDTH),
        elsewhere);
    out.printf("%13s%s%n", "", cut(body(hit.document()), TEXT_WIDTH));
  }

  /** The text without the title that may stand before it. */
  private static String body(Document document) {
    String title = Corpus.title(document).orElse("");
    int colon = document.text().indexOf(": ");
    return colon > 0 && title.startsWith(document.text().substring(0, colon))
        ? document.text().substring(colon + 2)
        : document.text();
  }

  /** Behind it stand the reranker's and, where the two are joined, what came of that. */
  private static double firstScore(Hit hit, String firstStage) {
    return hit.trail().stream()
        .filter(entry -> entry.stage().equals(firstStage))
        .findFirst()
        .orElse(hit.current())
        .score();
  }

  /** In seven characters. */
  private static String number(double score) {
    return String.format(Locale.ROOT, Math.abs(score) < 10 ? "%7.4f" : "%7.3f", score);
  }

  /** What was done and how long each stage took, on one line. */
  static String account(SearchResult result) {
    return result.stages().stream().map(Layout::account).collect(Collectors.joining("; "));
  }

  private static String account(StageReport stage) {
    String what = stage.candidates() + " candidates";
    if (stage.tokens() > 0 || stage.prepared() > 0) {
      what = stage.scored() + " passages scored";
    }
    if (stage.prepared() > 0) {
      what += ", " + stage.prepared() + " of them prepared";
    }
    if (stage.tokens() > 0) {
      what +=
          String.format(
              Locale.ROOT,
              ", %,d tokens, %.0f %% padding",
              stage.tokens(),
              100 * stage.paddingRatio());
    }
    String failure = stage.failure().map(e -> ", failed: " + e.getMessage()).orElse("");
    return String.format(
        Locale.ROOT, "%s: %s, %,d ms%s", stage.stage(), what, stage.took().toMillis(), failure);
  }

  /** On one line, of at most {@code width} code units, never half a surrogate pair. */
  private static String cut(String text, int width) {
    String line = text.strip().replaceAll("\\s+", " ");
    if (line.length() <= width) {
      return line;
    }
    int end = width - 3;
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end)
        + "...";
  }
}
