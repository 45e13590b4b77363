package dev.reranker.passage;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.StageScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A candidate, its windows, and what was said of each; of one thread. */
final class WindowedDocument {

  private final Hit candidate;
  private List<Window> windows;
  private boolean complete;

  private WindowedDocument(Hit candidate, boolean complete) {
    this.candidate = candidate;
    this.windows = List.of();
    this.complete = complete;
  }

  /** A document that fits into one window. */
  static WindowedDocument whole(Hit candidate) {
    var document = new WindowedDocument(candidate, true);
    Document same = candidate.document();
    var all = new TextRange(0, same.text().length());
    Document marked = document.marked(same.id(), all);
    document.windows =
        List.of(new Window(candidate, same.prepared().map(marked::withPrepared).orElse(marked), 0));
    return document;
  }

  /**
   * A document that does not.
   *
   * @param complete whether the windows have all tokens
   */
  static WindowedDocument of(Hit candidate, List<TextRange> ranges, boolean complete) {
    var document = new WindowedDocument(candidate, complete);
    String id = candidate.document().id();
    List<Window> windows = new ArrayList<>(ranges.size());
    for (TextRange range : ranges) {
      Document cut = document.marked(id + "#" + windows.size(), range);
      windows.add(new Window(candidate.with(cut), cut.withId(id), windows.size()));
    }
    document.windows = List.copyOf(windows);
    return document;
  }

  /** A part of the document, with its place in it, or in the parent of which it is a passage. */
  private Document marked(String id, TextRange range) {
    Document document = candidate.document();
    Passage within =
        Passage.of(document)
            .orElseGet(() -> new Passage(document.id(), 0, document.text().length()));
    Map<String, Object> metadata = new HashMap<>(document.metadata());
    metadata.put(Passage.PARENT, within.parent());
    metadata.put(Passage.START, within.start() + range.start());
    metadata.put(Passage.END, within.start() + range.end());
    return new Document(id, document.text().substring(range.start(), range.end()), metadata);
  }

  /** The windows of all: the first of each document, then the second of each, and so on. */
  static List<Window> inTurn(List<WindowedDocument> documents) {
    List<Window> inTurn = new ArrayList<>();
    int most = documents.stream().mapToInt(document -> document.windows.size()).max().orElse(0);
    for (int turn = 0; turn < most; turn++) {
      for (WindowedDocument document : documents) {
        if (turn < document.windows.size()) {
          inTurn.add(document.windows.get(turn));
        }
      }
    }
    return inTurn;
  }

  List<Window> windows() {
    return windows;
  }

  /** Leaves the best windows alone, the best first; equal ones in the order of the text. */
  void keep(int count, ToDoubleFunction<Window> worth) {
    if (windows.size() > count) {
      windows =
          windows.stream()
              .sorted(Comparator.comparingDouble(worth).reversed())
              .limit(count)
              .toList();
      complete = false;
    }
  }

  /** The document's score; empty if none of its windows has one. */
  Optional<StageScore> score(Aggregation aggregation) {
    List<StageScore> scores = best(windows).stream().map(Window::score).toList();
    return scores.isEmpty() ? Optional.empty() : Optional.of(aggregation.of(scores));
  }

  /** Whether a part of the document was not read. */
  boolean truncated() {
    return !complete || windows.stream().anyMatch(w -> w.score == null || w.score.truncated());
  }

  /** The best window as the document. */
  Document best() {
    return best(windows).getFirst().answer;
  }

  private static List<Window> best(List<Window> windows) {
    return windows.stream()
        .filter(window -> window.score != null)
        .sorted(
            Comparator.comparing(Window::score, Aggregation.BEST_FIRST)
                .thenComparingInt(window -> window.number))
        .toList();
  }

  /** A part of the document, as the model gets it and as the result has it. */
  static final class Window {

    private final Hit hit;
    private final Document answer;
    private final int number;
    private @Nullable StageScore score;

    private Window(Hit hit, Document answer, int number) {
      this.hit = hit;
      this.answer = answer;
      this.number = number;
    }

    Hit hit() {
      return hit;
    }

    void scored(Hit by) {
      if (by.scored() && by.trail().size() > hit.trail().size()) {
        score = by.current();
      }
    }

    private StageScore score() {
      if (score == null) {
        throw new IllegalStateException("window " + number + " was not scored");
      }
      return score;
    }
  }
}
