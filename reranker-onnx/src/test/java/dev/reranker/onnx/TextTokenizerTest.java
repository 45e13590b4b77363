package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The first n tokens of a text are those of the whole text's tokenization. */
class TextTokenizerTest {

  private static final int MEGABYTE = 1 << 20;
  private static final int[] WANTED = {1, 7, 64, 510};

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer =
        TextTokenizer.load(
            ModelSource.classpath(RerankerModel.DEFAULT_MODEL).require(ModelSource.TOKENIZER));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void randomTextsOfMixedScripts() {
    Random random = Seeds.print(TextTokenizerTest.class);
    var texts = new RandomText(random);
    for (int round = 0; round < 60; round++) {
      assertPrefixes(tokenizer, texts.mixed(random.nextInt(20_000)));
    }
  }

  @Test
  void randomTextsOfMixedScriptsInBytePairs(@TempDir Path directory) throws IOException {
    Files.write(directory.resolve("tokenizer.json"), RobertaStyle.tokenizer());
    try (TextTokenizer bytePairs =
        TextTokenizer.load(ModelSource.directory(directory).require(ModelSource.TOKENIZER))) {
      Random random = Seeds.print(TextTokenizerTest.class);
      var texts = new RandomText(random);
      for (int round = 0; round < 60; round++) {
        assertPrefixes(bytePairs, texts.mixed(random.nextInt(20_000)));
      }
    }
  }

  static Stream<Arguments> megabytes() {
    return Stream.of(
        Arguments.of("words", "antidisestablishmentarianism whale "),
        Arguments.of("words of a hundred letters", "antidisestablishment".repeat(5) + " "),
        Arguments.of("letters without a space", "whale"),
        Arguments.of("spaces", " "),
        Arguments.of("spaces before words", " ".repeat(40_000) + "whale"),
        Arguments.of("combining accents", "e" + "\u0301".repeat(5000)),
        Arguments.of("NUL characters", "\u0000"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("megabytes")
  void aMegabyteOf(String name, String piece) {
    assertPrefixes(tokenizer, piece.repeat(MEGABYTE / piece.length()));
  }

  /** Where every character is a token, a sixteenth of a megabyte crosses as many cuts. */
  static Stream<Arguments> dense() {
    return Stream.of(
        Arguments.of("punctuation", "."),
        Arguments.of("CJK", "鲸鱼怎样睡觉"),
        Arguments.of("emoji", "🐋"),
        Arguments.of("emoji out of step with every cut", "x" + "🐋".repeat(4097)),
        Arguments.of("lone surrogates", "\ud83d"),
        Arguments.of("NUL characters between words", "\u0000".repeat(9000) + "whale "),
        Arguments.of("special tokens", "[SEP]"),
        Arguments.of("special tokens out of step", "x[SEP] [CLS]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dense")
  void denseTextOf(String name, String piece) {
    assertPrefixes(tokenizer, piece.repeat(MEGABYTE / 16 / piece.length()));
  }

  @Test
  void textIsTruncatedOnlyWhereTokensAreLost() {
    String text = "whale sleeps deep";
    assertThat(tokenizer.encode(text, 3).truncated()).isFalse();
    assertThat(tokenizer.encode(text, 2).truncated()).isTrue();
  }

  @Test
  void theEmptyTextHasNoTokens() {
    assertThat(tokenizer.encode("", 5).ids()).isEmpty();
  }

  @Test
  void aLoneSurrogateCountsAsTheReplacementCharacter() {
    assertThat(tokenizer.encode("a \ud83d b \udc0b", 10).ids())
        .isEqualTo(tokenizer.encode("a \ufffd b \ufffd", 10).ids());
  }

  private static void assertPrefixes(TextTokenizer tokenizer, String text) {
    long[] whole = tokenizer.encode(text, Integer.MAX_VALUE / 8).ids();
    for (int wanted : WANTED) {
      TokenIds tokens = tokenizer.encode(text, wanted);
      assertThat(Arrays.copyOf(tokens.ids(), tokens.count()))
          .as("%d tokens of %s", wanted, excerpt(text))
          .isEqualTo(Arrays.copyOf(whole, Math.min(wanted, whole.length)));
      assertThat(tokens.truncated()).isEqualTo(whole.length > wanted);
    }
  }

  private static String excerpt(String text) {
    return "%d characters from '%s'"
        .formatted(text.length(), text.substring(0, Math.min(40, text.length())));
  }
}
