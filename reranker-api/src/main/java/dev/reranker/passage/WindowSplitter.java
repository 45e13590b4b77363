package dev.reranker.passage;

import dev.reranker.Hit;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a document into windows of tokens.
 *
 * @param spans where the tokens are
 * @param tokens how many a window has
 * @param stride how many tokens after a window the next one begins
 * @param most how many windows are made at most
 */
record WindowSplitter(TokenSpans spans, int tokens, int stride, int most) {

  WindowedDocument split(Hit candidate) {
    String text = candidate.document().text();
    List<TextRange> found = checked(candidate.document().id(), text);
    if (found.size() <= tokens) {
      return WindowedDocument.whole(candidate);
    }
    List<TextRange> windows = new ArrayList<>();
    int covered = 0;
    for (int first = 0; covered < found.size() && windows.size() < most; first += stride) {
      covered = Math.min(first + tokens, found.size());
      windows.add(window(text, found.subList(first, covered)));
    }
    return WindowedDocument.of(candidate, windows, covered == found.size());
  }

  /** From the first token to the furthest end, no surrogate pair cut in two. */
  private static TextRange window(String text, List<TextRange> tokens) {
    int start = tokens.getFirst().start();
    int end = tokens.stream().mapToInt(TextRange::end).max().orElseThrow();
    return new TextRange(
        cutsPair(text, start) ? start - 1 : start, cutsPair(text, end) ? end + 1 : end);
  }

  private static boolean cutsPair(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
  }

  private List<TextRange> checked(String id, String text) {
    List<TextRange> found = spans.of(text);
    int before = 0;
    for (TextRange token : found) {
      if (token.start() < before || token.end() > text.length()) {
        throw new IllegalArgumentException(
            "a token of document '%s' is at %d to %d, behind one that begins at %d, in a text of %d chars: token spans rise and lie within the text"
                .formatted(id, token.start(), token.end(), before, text.length()));
      }
      before = token.start();
    }
    return found;
  }
}
