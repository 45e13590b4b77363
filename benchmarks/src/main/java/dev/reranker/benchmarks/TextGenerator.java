package dev.reranker.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;

/**
 * Makes English-looking text of an exact number of tokens, the same for the same seed.
 *
 * <p>Each word of {@code words.txt} (the 1,200 most frequent of BERT's vocabulary) is one token, as
 * is a comma or a full stop; so a text's tokens are counted while it is written. Frequent words are
 * drawn more often: the rank is {@code 1200 · u²} for u uniform in 0…1.
 */
final class TextGenerator {

  private static final List<String> WORDS = read();

  private final Random random;

  TextGenerator(long seed) {
    random = new Random(seed);
  }

  /** Sentences of 6 to 15 words, some with a comma; the last one may be cut. */
  String text(int tokens) {
    var text = new StringBuilder();
    int left = tokens;
    while (left > 0) {
      int words = 6 + random.nextInt(10);
      for (int i = 0; i < words && left > 0; i++) {
        String word = word();
        text.append(text.isEmpty() ? "" : " ").append(i == 0 ? capitalised(word) : word);
        left--;
        if (left > 1 && i > 1 && i < words - 2 && random.nextInt(10) == 0) {
          text.append(',');
          left--;
        }
      }
      if (left > 0) {
        text.append('.');
        left--;
      }
    }
    return text.toString();
  }

  private String word() {
    double u = random.nextDouble();
    return WORDS.get((int) (WORDS.size() * u * u));
  }

  private static String capitalised(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static List<String> read() {
    try (InputStream in =
        Objects.requireNonNull(TextGenerator.class.getResourceAsStream("words.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
