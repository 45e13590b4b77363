package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Hit;
import dev.reranker.passage.Aggregation;
import dev.reranker.passage.Passage;
import dev.reranker.passage.TextRange;
import dev.reranker.passage.Windows;
import dev.reranker.testkit.WindowCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a model's tokens are in the caller's string. */
class TokenSpansTest {

  private static OnnxReranker reranker;

  @BeforeAll
  static void open() {
    reranker = OnnxReranker.builder().build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  @Test
  void rangesCountCharsNotCodePointsNorBytes() {
    assertThat(reranker.tokenSpans("🦉🦉 owl £9"))
        .contains(new TextRange(5, 8), new TextRange(9, 10), new TextRange(10, 11));
  }

  @Test
  void eachHasTheTokensThatTheModelReads() {
    for (WindowCases.Case given : WindowCases.all()) {
      assertThat(reranker.tokenSpans(given.text())).hasSize(reranker.countTokens(given.text()));
    }
    assertThat(reranker.tokenSpans("")).isEmpty();
  }

  @Test
  void rangesAreOfTheTextAsGivenNotOfItsNormalForm() {
    assertThat(parts("ﬁsh ＦＵＬＬ cafe\u0301\r\nend"))
        .containsSubsequence("cafe\u0301".substring(0, 4), "end");
  }

  private static List<String> parts(String text) {
    return reranker.tokenSpans(text).stream()
        .map(range -> text.substring(range.start(), range.end()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("dev.reranker.testkit.WindowCases#all")
  void theWinningWindowHoldsTheNeedle(WindowCases.Case given) {
    var windows = Windows.builder(reranker, reranker::tokenSpans).tokens(8).stride(4);
    for (Aggregation aggregation : List.of(Aggregation.max(), Aggregation.topKMean(2))) {
      Hit hit =
          windows
              .aggregate(aggregation)
              .build()
              .rerank(given.needle(), List.of(given.text()))
              .hits()
              .getFirst();
      Passage best = Passage.of(hit.document()).orElseThrow();
      assertThat(given.text().substring(best.start(), best.end()))
          .isEqualTo(hit.document().text())
          .contains(given.needle());
    }
  }

  @Test
  void aTextThatFitsHasTheScoreThatItHasWithoutWindows() {
    String text = "Sleeping whales hang upright in the water.";
    Hit without = reranker.rerank("how do whales sleep", List.of(text)).hits().getFirst();
    Hit with =
        Windows.builder(reranker, reranker::tokenSpans)
            .build()
            .rerank("how do whales sleep", List.of(text))
            .hits()
            .getFirst();
    assertThat(with.raw().orElseThrow()).isCloseTo(without.raw().orElseThrow(), within(1e-4));
  }

  @Test
  void randomTexts() {
    Random random = Seeds.print(TokenSpansTest.class);
    var texts = new RandomText(random);
    for (int round = 0; round < 200; round++) {
      String text = texts.mixed(random.nextInt(400)) + hard(random);
      assertRanges(text, reranker.tokenSpans(text));
    }
  }

  @Test
  void randomTextsInBytePairs(@TempDir Path directory) throws IOException {
    Files.write(directory.resolve("tokenizer.json"), RobertaStyle.tokenizer());
    try (TextTokenizer bytePairs =
        TextTokenizer.load(ModelSource.directory(directory).require(ModelSource.TOKENIZER))) {
      Random random = Seeds.print(TokenSpansTest.class);
      var texts = new RandomText(random);
      for (int round = 0; round < 200; round++) {
        String text = texts.mixed(random.nextInt(400)) + hard(random);
        assertRanges(text, bytePairs.spans(text));
      }
    }
  }

  private static void assertRanges(String text, List<TextRange> ranges) {
    int before = 0;
    for (TextRange range : ranges) {
      assertThat(range.start()).isGreaterThanOrEqualTo(before);
      assertThat(range.end()).isLessThanOrEqualTo(text.length());
      assertThat(cutsPair(text, range.start())).isFalse();
      assertThat(cutsPair(text, range.end())).isFalse();
      before = range.start();
    }
    // Every plain letter gives a token, so it is in a range.
    for (int i = 0; i < text.length(); i++) {
      int at = i;
      if (text.charAt(i) >= 'a' && text.charAt(i) <= 'z') {
        assertThat(ranges).as("char %d", at).anyMatch(r -> r.start() <= at && at < r.end());
      }
    }
  }

  private static boolean cutsPair(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
  }

  private static String hard(Random random) {
    List<String> parts =
        List.of("word", "🦉", "👩‍🔬", "e\u0301", "\r\n", "𠮷", "ﬁ", "ｆｕ", "\ud83d", "\udc69", "£");
    var text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }
}
