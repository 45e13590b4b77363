package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows assembled from bare ids are those that the tokenizer itself makes of one or two texts. */
class TokenTemplateTest {

  static Stream<Arguments> tokenizers() {
    return Stream.of(
        Arguments.of("BERT", TinyModel.tokenizer()),
        Arguments.of("RoBERTa", RobertaStyle.tokenizer()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void pairsAreJoinedAsTheTokenizerJoinsThem(String name, byte[] json, @TempDir Path directory)
      throws Exception {
    try (HuggingFaceTokenizer reference = reference(json);
        TextTokenizer tokenizer = tokenizer(json, directory)) {
      var texts = new RandomText(Seeds.print(TokenTemplateTest.class));
      for (int round = 0; round < 100; round++) {
        String query = wellFormed(texts.mixed(round));
        String passage = wellFormed(texts.mixed(round * 3));
        assertRow(
            reference.encode(query, passage),
            tokenizer.pair(),
            new TokenIds[] {tokenizer.encode(query, 5000), tokenizer.encode(passage, 5000)});
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void singleTextsAreWrappedAsTheTokenizerWrapsThem(
      String name, byte[] json, @TempDir Path directory) throws Exception {
    try (HuggingFaceTokenizer reference = reference(json);
        TextTokenizer tokenizer = tokenizer(json, directory)) {
      var texts = new RandomText(Seeds.print(TokenTemplateTest.class));
      for (int round = 0; round < 100; round++) {
        String text = wellFormed(texts.mixed(round));
        assertRow(
            reference.encode(text),
            tokenizer.single(),
            new TokenIds[] {tokenizer.encode(text, 5000)});
      }
    }
  }

  @Test
  void robertaHasFourSpecialTokensAPair(@TempDir Path directory) throws Exception {
    try (TextTokenizer tokenizer = tokenizer(RobertaStyle.tokenizer(), directory)) {
      assertThat(tokenizer.pair().specials()).containsExactly(ids(0), ids(2, 2), ids(2));
    }
  }

  @Test
  void paddingIsTheModelsOwnAndMasked() {
    var row = new Row(6);
    TokenTemplate template =
        TokenTemplate.learn(new long[] {0, 7, 2}, new long[] {0, 1, 1}, new int[] {-1, 0, -1}, 1);
    var text = new TokenIds(new long[] {8, 9}, true);
    template.put(new TokenIds[] {text}, 6, 55, row.ids, row.mask, row.types);
    assertThat(longs(row.ids)).containsExactly(0, 8, 9, 2, 55, 55);
    assertThat(longs(row.mask)).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(longs(row.types)).containsExactly(0, 1, 1, 1, 0, 0);
  }

  @Test
  void textsOutOfOrderAreRefused() {
    assertThatThrownBy(
            () -> TokenTemplate.learn(new long[] {5, 6}, new long[2], new int[] {1, 0}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("text 0 is not where it was expected");
  }

  private static void assertRow(Encoding expected, TokenTemplate template, TokenIds[] texts) {
    int length = expected.getIds().length;
    var row = new Row(length);
    template.put(texts, length, 0, row.ids, row.mask, row.types);
    assertThat(longs(row.ids)).isEqualTo(expected.getIds());
    assertThat(longs(row.types)).isEqualTo(expected.getTypeIds());
    assertThat(longs(row.mask)).isEqualTo(expected.getAttentionMask());
  }

  private record Row(LongBuffer ids, LongBuffer mask, LongBuffer types) {
    Row(int length) {
      this(LongBuffer.allocate(length), LongBuffer.allocate(length), LongBuffer.allocate(length));
    }
  }

  private static long[] longs(LongBuffer buffer) {
    long[] values = new long[buffer.flip().remaining()];
    buffer.get(values);
    return values;
  }

  private static int[] ids(int... ids) {
    return ids;
  }

  /** What no UTF-8 text can hold is another test's matter. */
  private static String wellFormed(String text) {
    return text.codePoints()
        .map(c -> c >= 0xd800 && c < 0xe000 ? 0xfffd : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static HuggingFaceTokenizer reference(byte[] json) throws Exception {
    return DjlOffline.load(
        () ->
            HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json),
                Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true")));
  }

  private static TextTokenizer tokenizer(byte[] json, Path directory) throws Exception {
    Files.write(directory.resolve("tokenizer.json"), json);
    return TextTokenizer.load(ModelSource.directory(directory).require(ModelSource.TOKENIZER));
  }
}
