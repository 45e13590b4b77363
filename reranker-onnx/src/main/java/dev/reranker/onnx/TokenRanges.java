package dev.reranker.onnx;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.reranker.passage.TextRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes ranges of a Java string from a tokenizer's spans, which count code points. A class of its
 * own, so that the unit is counted in one place.
 */
final class TokenRanges {

  private TokenRanges() {}

  /**
   * The ranges, in rising order.
   *
   * @param spans in code points of the text; null for a token that is of no part of it
   */
  static List<TextRange> of(String text, @Nullable CharSpan[] spans) {
    List<TextRange> ranges = new ArrayList<>(spans.length);
    int[] chars = chars(text);
    int before = 0;
    for (CharSpan span : spans) {
      // A token of no characters of its own is where the one before it began.
      int start = span == null ? before : Math.max(before, chars[clamp(span.getStart(), chars)]);
      int end = span == null ? before : Math.max(start, chars[clamp(span.getEnd(), chars)]);
      ranges.add(new TextRange(start, end));
      before = start;
    }
    return ranges;
  }

  private static int clamp(int at, int[] chars) {
    return Math.clamp(at, 0, chars.length - 1);
  }

  /** The place in chars of each code point, and of the text's end. */
  private static int[] chars(String text) {
    int[] chars = new int[text.codePointCount(0, text.length()) + 1];
    int at = 0;
    for (int i = 0; i < chars.length; i++) {
      chars[i] = at;
      if (at < text.length()) {
        at += Character.charCount(text.codePointAt(at));
      }
    }
    return chars;
  }
}
