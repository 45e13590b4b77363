package dev.reranker.passage;

import dev.reranker.Document;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * Cuts long documents into passages that a model can read whole: as many sentences as fit a number
 * of tokens, the last of them again at the start of the next passage.
 *
 * {@snippet :
 * var splitter =
 *     PassageSplitter.builder()
 *         .maxTokens(200)
 *         .overlap(40)
 *         .tokenCounter(embedder::countTokens) // as the model counts
 *         .build();
 * List<Document> passages = splitter.split(document); // to index in place of the document
 * }
 *
 * <p>{@link MaxP} makes documents of them again.
 *
 * <p>A passage is a document whose id is its parent's, {@code #} and its number from 0, with the
 * parent's metadata and its {@link Passage}. Its text is the parent's between those offsets, white
 * space at both ends left out; together the passages have all the rest. Sentences end where {@link
 * BreakIterator} says. A sentence above the limit is cut between words, where punctuation stays
 * with the word before it, a word above the limit between user-perceived characters, so that no
 * surrogate pair is cut in two; only such a character can exceed the limit. A blank document is one
 * empty passage.
 *
 * <p>Immutable; thread-safe if the token counter is.
 */
public final class PassageSplitter {

  private final int maxTokens;
  private final int overlap;
  private final ToIntFunction<String> tokens;
  private final Locale locale;

  private PassageSplitter(Builder builder) {
    this.maxTokens = builder.maxTokens;
    this.overlap = builder.overlap;
    this.tokens = builder.tokens;
    this.locale = builder.locale;
  }

  /**
   * Starts a splitter.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Cuts one document.
   *
   * @param document the parent
   * @return its passages in the order of the text, at least one
   */
  public List<Document> split(Document document) {
    List<Document> passages = new ArrayList<>();
    for (Piece piece : pack(document.text(), pieces(document.text()))) {
      var passage = new Passage(document.id(), piece.start(), piece.end());
      passages.add(passage.cut(document, passages.size()));
    }
    return passages;
  }

  /** A range of the text and how many tokens it has by itself. */
  private record Piece(int start, int end, int tokens) {}

  /** The text in parts that fit, the larger the better: sentences, words, characters. */
  private List<Piece> pieces(String text) {
    BreakIterator characters = BreakIterator.getCharacterInstance(locale);
    characters.setText(text);
    List<BreakIterator> by =
        List.of(
            BreakIterator.getSentenceInstance(locale),
            BreakIterator.getWordInstance(locale),
            BreakIterator.getCharacterInstance(locale));
    List<Piece> pieces = new ArrayList<>();
    cut(text, 0, text.length(), by, characters, pieces);
    return pieces;
  }

  private void cut(
      String text,
      int from,
      int to,
      List<BreakIterator> by,
      BreakIterator characters,
      List<Piece> pieces) {
    BreakIterator breaks = by.get(0);
    breaks.setText(text.substring(from, to));
    List<Integer> ends = new ArrayList<>();
    breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
      // Java's words end within an emoji that is made of several.
      if (characters.isBoundary(from + end)) {
        ends.add(from + end);
      }
    }
    int start = from;
    for (int end : ends) {
      String piece = text.substring(start, end);
      int count = tokens.applyAsInt(piece);
      if (count > maxTokens && by.size() > 1) {
        cut(text, start, end, by.subList(1, by.size()), characters, pieces);
      } else if (!piece.isBlank() && !joined(text, end, piece, pieces)) {
        pieces.add(new Piece(start, end, count));
      }
      start = end;
    }
  }

  /** Lets the last piece go on to {@code end}, if what follows only ends it and the two fit. */
  private boolean joined(String text, int end, String next, List<Piece> pieces) {
    if (pieces.isEmpty() || !next.strip().codePoints().allMatch(PassageSplitter::endsAWord)) {
      return false;
    }
    int start = pieces.getLast().start();
    int count = tokens.applyAsInt(text.substring(start, end).stripTrailing());
    if (count > maxTokens) {
      return false;
    }
    pieces.set(pieces.size() - 1, new Piece(start, end, count));
    return true;
  }

  private static boolean endsAWord(int character) {
    return switch (Character.getType(character)) {
      case Character.OTHER_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private List<Piece> pack(String text, List<Piece> pieces) {
    List<Piece> passages = new ArrayList<>();
    int first = 0;
    int covered = 0;
    while (covered < pieces.size()) {
      int next = fill(text, pieces, first, covered);
      passages.add(strip(text, pieces.get(first).start(), pieces.get(next - 1).end()));
      covered = next;
      first = next - overlapping(text, pieces, first, next);
    }
    return passages.isEmpty() ? List.of(new Piece(0, 0, 0)) : passages;
  }

  /** The end of the longest run of pieces from {@code first} that fits and has something new. */
  private int fill(String text, List<Piece> pieces, int first, int covered) {
    int fits = covered + 1;
    int tooMany = pieces.size() + 1;
    int tried = bySum(pieces, first, covered);
    // Joined pieces may have more tokens than their sum says, or fewer: steps double, then halve.
    for (int step = 1; fits + 1 < tooMany; step *= 2) {
      tried = Math.clamp(tried, fits + 1, tooMany - 1);
      if (count(text, pieces, first, tried) <= maxTokens) {
        fits = tried;
      } else {
        tooMany = tried;
      }
      tried = tooMany > pieces.size() ? fits + step : (fits + tooMany) / 2;
    }
    return fits;
  }

  private int bySum(List<Piece> pieces, int first, int covered) {
    int sum = 0;
    int next = first;
    while (next < pieces.size()
        && (next <= covered || sum + pieces.get(next).tokens() <= maxTokens)) {
      sum += pieces.get(next++).tokens();
    }
    return next;
  }

  private int count(String text, List<Piece> pieces, int first, int next) {
    Piece stripped = strip(text, pieces.get(first).start(), pieces.get(next - 1).end());
    return tokens.applyAsInt(text.substring(stripped.start(), stripped.end()));
  }

  /** How many of the last pieces the next passage repeats, leaving room for a new one. */
  private int overlapping(String text, List<Piece> pieces, int first, int next) {
    int repeated = 0;
    int tooMany = next < pieces.size() ? next - first : 0;
    // Counting is costly, and each character may be a piece: steps double, then halve.
    while (repeated + 1 < tooMany) {
      int tried = Math.min(2 * repeated + 1, (repeated + tooMany) / 2);
      if (count(text, pieces, next - tried, next) <= overlap
          && count(text, pieces, next - tried, next + 1) <= maxTokens) {
        repeated = tried;
      } else {
        tooMany = tried;
      }
    }
    return repeated;
  }

  private static Piece strip(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return new Piece(start, end, 0);
  }

  /** Collects the settings of a splitter; not thread-safe. */
  public static final class Builder {

    private int maxTokens = 200;
    private int overlap = 40;
    private ToIntFunction<String> tokens = TokenEstimate::of;
    private Locale locale = Locale.ROOT;

    private Builder() {}

    /**
     * Sets how many tokens a passage may have; default: 200, which leaves a model of 256 tokens
     * room for the query.
     *
     * @param tokens at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder maxTokens(int tokens) {
      if (tokens < 1) {
        throw new IllegalArgumentException("maxTokens is " + tokens + "; it is at least 1");
      }
      this.maxTokens = tokens;
      return this;
    }

    /**
     * Sets how many tokens, in whole sentences, two neighbours share at most; default: 40.
     *
     * @param tokens at least 0
     * @return this
     * @throws IllegalArgumentException if it is below 0
     */
    public Builder overlap(int tokens) {
      if (tokens < 0) {
        throw new IllegalArgumentException("overlap is " + tokens + "; it is at least 0");
      }
      this.overlap = tokens;
      return this;
    }

    /**
     * Sets how tokens are counted; default: an estimate, four for three words between white space
     * and one for each Chinese, Japanese or Korean character. Text dense with names, numbers or
     * code has more: where passages must fit a model exactly, give its own count, {@code
     * embedder::countTokens}.
     *
     * @param counter the number of tokens of a text, special tokens left out; called from any
     *     thread
     * @return this
     */
    public Builder tokenCounter(ToIntFunction<String> counter) {
      this.tokens = Objects.requireNonNull(counter, "counter");
      return this;
    }

    /**
     * Sets the language whose rules end a sentence; default: {@link Locale#ROOT}.
     *
     * @param locale the language of the texts
     * @return this
     */
    public Builder locale(Locale locale) {
      this.locale = Objects.requireNonNull(locale, "locale");
      return this;
    }

    /**
     * Makes the splitter.
     *
     * @return the splitter
     * @throws IllegalArgumentException if the overlap is not below the limit
     */
    public PassageSplitter build() {
      if (overlap >= maxTokens) {
        throw new IllegalArgumentException(
            "overlap is %d and maxTokens %d; the overlap must be smaller"
                .formatted(overlap, maxTokens));
      }
      return new PassageSplitter(this);
    }
  }
}
