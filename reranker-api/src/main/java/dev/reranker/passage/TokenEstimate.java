package dev.reranker.passage;

/**
 * About how many tokens a text has for a model, where none is at hand: four for three words between
 * white space, rounded up, and one for each Chinese, Japanese or Korean character.
 *
 * <p>Sources: plain English prose has about three words for four tokens of a sub-word vocabulary
 * (OpenAI, "What are tokens and how to count them?"); BERT's tokenizer makes each Chinese character
 * a token of its own (google-research/bert, multilingual.md), and kana and Hangul are taken like
 * them. Everything from U+2E80 on counts so: these scripts, their punctuation, emoji.
 *
 * <p>Denser texts have more: by all-MiniLM-L6-v2's tokenizer 1.6 tokens a word in SciFact's
 * abstracts and 1.9 in Lucene's API documentation. One pass over the text.
 */
final class TokenEstimate {

  /** The first of the CJK radicals; before it lie the scripts that put spaces between words. */
  private static final int FIRST_CJK = 0x2E80;

  private TokenEstimate() {}

  static int of(String text) {
    int words = 0;
    int characters = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean space = Character.isWhitespace(c);
      boolean alone = !space && c >= FIRST_CJK;
      if (alone) {
        characters++;
      } else if (!space && !inWord) {
        words++;
      }
      inWord = !space && !alone;
    }
    return characters + (4 * words + 2) / 3;
  }
}
