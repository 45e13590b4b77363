package dev.reranker.onnx;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.reranker.error.ModelLoadException;
import dev.reranker.passage.TextRange;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A Hugging Face tokenizer that gives bare token ids: no special tokens, no truncation of its own,
 * no padding. Thread-safe.
 */
final class TextTokenizer implements AutoCloseable {

  /** Characters that are tokenized at first for each wanted token; English has 4 to 5. */
  private static final int CHARS_PER_TOKEN = 8;

  /** Of Chinese, Japanese and Korean, which have 1 to 2. */
  private static final int CJK_PER_TOKEN = 2;

  private static final int LEAST_WINDOW = 1024;

  /** At a cut inside a word this many tokens before it are not trusted. */
  private static final int RAGGED_TOKENS = 64;

  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  static TextTokenizer load(ModelFile file) {
    return load(file, file.readTokenizer());
  }

  /**
   * Loads a tokenizer.
   *
   * @param rules what the model's other files say of it
   */
  static TextTokenizer load(ModelFile file, TokenizerRules rules) {
    return load(file, TokenizerFile.prepare(file, rules));
  }

  private static TextTokenizer load(ModelFile file, byte[] json) {
    // The tokenizer's own truncation and padding would hide what was cut.
    Map<String, String> options =
        Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");
    try {
      return DjlOffline.load(
          () -> {
            var in = new ByteArrayInputStream(json);
            return new TextTokenizer(HuggingFaceTokenizer.newInstance(in, options));
          });
    } catch (EngineException | LinkageError e) {
      throw new ModelLoadException(
          "the tokenizers' native library cannot be loaded ("
              + e
              + "): it is unpacked to .djl.ai in the home directory (in java.io.tmpdir where that"
              + " is not writable), or to the directory that the system property ENGINE_CACHE_DIR"
              + " names, here "
              + DjlOffline.folder()
              + ", which must be writable and allow executables",
          e);
    } catch (Exception e) {
      throw new ModelLoadException(
          "%s (%d bytes) is not a tokenizer that can be loaded (%s): get the file again"
              .formatted(file.name(), json.length, e.getMessage()),
          e);
    }
  }

  /** The template of one text. */
  TokenTemplate single() {
    return learn(tokenizer.encode("a"), 1);
  }

  /** The template of a pair of texts. */
  TokenTemplate pair() {
    return learn(tokenizer.encode("a", "b"), 2);
  }

  /**
   * The ids of special tokens by their names.
   *
   * @param names the tokens one behind another, as they are written; empty for none
   * @throws IllegalArgumentException if the tokenizer makes anything else of them
   */
  int[] specials(String names) {
    if (names.isEmpty()) {
      return new int[0];
    }
    Encoding encoding = tokenizer.encode(names, false, false);
    String tokens = String.join("", encoding.getTokens());
    if (!tokens.equals(names)) {
      throw new IllegalArgumentException(
          "the tokenizer makes %s of it".formatted(Arrays.toString(encoding.getTokens())));
    }
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  private static TokenTemplate learn(Encoding probe, int count) {
    long[] special = probe.getSpecialTokenMask();
    long[] sequence = probe.getSequenceIds();
    int[] texts =
        IntStream.range(0, special.length)
            .map(i -> special[i] == 1 ? -1 : (int) sequence[i])
            .toArray();
    try {
      return TokenTemplate.learn(probe.getIds(), probe.getTypeIds(), texts, count);
    } catch (IllegalArgumentException e) {
      throw new ModelLoadException(
          "the tokenizer builds a sequence of %s from %d text(s), which is not supported: %s"
              .formatted(Arrays.toString(probe.getTokens()), count, e.getMessage()),
          e);
    }
  }

  /**
   * The first tokens of a text. A long text is not tokenized whole: only a prefix that surely holds
   * the wanted tokens is, cut where white space ends a word; a prefix that held too few is grown
   * fourfold.
   *
   * @param text any text; lone surrogates count as U+FFFD
   * @param wanted how many tokens at most
   * @throws RuntimeException of any kind where the tokenizer fails: it is native code's
   */
  TokenIds encode(String text, int wanted) {
    for (long window = window(text, wanted); ; window *= 4) {
      if (window * 5 / 4 >= text.length()) {
        long[] ids = ids(text);
        return ids.length > wanted ? cut(ids, wanted) : new TokenIds(ids, false);
      }
      int end = wordEnd(text, (int) window);
      int spare = end > 0 ? 1 : RAGGED_TOKENS;
      long[] ids = ids(text.substring(0, end > 0 ? end : charEnd(text, (int) window)));
      if (ids.length >= wanted + spare) {
        return cut(ids, wanted);
      }
    }
  }

  /** How many characters surely hold the wanted tokens, as far as one can tell by looking. */
  private static int window(String text, int wanted) {
    long eighths = ((long) wanted + RAGGED_TOKENS) * CHARS_PER_TOKEN;
    int end = 0;
    while (end < text.length() && eighths > 0) {
      eighths -= isCjk(text.charAt(end)) ? (CHARS_PER_TOKEN / CJK_PER_TOKEN) : 1;
      end++;
    }
    return Math.max(LEAST_WINDOW, end);
  }

  /** Ideographs, kana and Hangul of the basic plane, where nearly all of them are. */
  private static boolean isCjk(char c) {
    return (c >= '\u2e80' && c <= '\u9fff') || (c >= '\uac00' && c <= '\ud7a3');
  }

  private static TokenIds cut(long[] ids, int wanted) {
    return new TokenIds(Arrays.copyOf(ids, wanted), true);
  }

  /** The end of the last whole word in the window's last quarter, or 0. */
  private static int wordEnd(String text, int window) {
    for (int end = window; end > window - window / 4; end--) {
      if (Character.isWhitespace(text.charAt(end))
          && !Character.isWhitespace(text.charAt(end - 1))) {
        return end;
      }
    }
    return 0;
  }

  private static int charEnd(String text, int window) {
    return Character.isHighSurrogate(text.charAt(window - 1)) ? window - 1 : window;
  }

  /**
   * Where each token of a whole text is, in chars of the text as given, in rising order; special
   * tokens have no place.
   */
  List<TextRange> spans(String text) {
    Encoding encoding = tokenizer.encode(wellFormed(text), false, false);
    return TokenRanges.of(text, encoding.getCharTokenSpans());
  }

  private long[] ids(String text) {
    return tokenizer.encode(wellFormed(text), false, false).getIds();
  }

  /** The text with each lone surrogate, which has no UTF-8 form, replaced by U+FFFD. */
  private static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      mended = mended == null ? new StringBuilder(text) : mended;
      mended.setCharAt(i, '\ufffd');
    }
    return mended == null ? text : mended.toString();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
