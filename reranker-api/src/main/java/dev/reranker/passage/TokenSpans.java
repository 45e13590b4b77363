package dev.reranker.passage;

import java.util.List;

/**
 * Tells where a text's tokens are, for {@link Windows}: a model's own tokenizer, or any other way
 * of cutting a text into small parts, such as words or sentences.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface TokenSpans {

  /**
   * The tokens of a text.
   *
   * @param text the text as the application has it; the ranges are of this string, whatever a
   *     tokenizer makes of it inside
   * @return where each token is, in the order of the text: no range begins before the one before
   *     it, none is outside the text. What a model adds, such as {@code [CLS]}, has no range.
   *     Neighbours may overlap, and be equal, where several tokens are made of one character
   */
  List<TextRange> of(String text);
}
