package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that users and crawlers really send. */
class TextInputTest {

  @TempDir private static Path directory;
  private static OnnxReranker reranker;

  @BeforeAll
  static void open() {
    reranker = OnnxReranker.builder().model(new TinyModel().in(directory)).build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  @Test
  @SuppressWarnings("NullAway") // the error is what is tested
  void tokensOfAWholeTextAreCounted() {
    assertThat(reranker.countTokens("")).isZero();
    assertThat(reranker.countTokens("whale ocean brain")).isEqualTo(3);
    assertThat(reranker.countTokens("\ud83d whale"))
        .isEqualTo(reranker.countTokens("\ufffd whale"));
    assertThat(reranker.countTokens("whale ".repeat(200_000)))
        .as("longer than the model")
        .isEqualTo(200_000);
    assertThatThrownBy(() -> reranker.countTokens(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("text");
  }

  @Test
  void noPassagesHaveNoScores() {
    assertThat(reranker.score("whale", List.of())).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // the error is what is tested
  void aNullQueryIsNamed() {
    assertThatThrownBy(() -> reranker.score(null, List.of("ocean")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("query");
  }

  @Test
  void aNullPassageIsNamed() {
    assertThatThrownBy(() -> reranker.score("whale", Arrays.asList("ocean", null, "brain")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("passage 1 of 3 is null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t\u3000"})
  void aBlankQueryIsRefused(String query) {
    assertThatThrownBy(() -> reranker.score(query, List.of("ocean")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the query is blank: give at least one word");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\udc0b whale", "wh\u0000ale", "[SEP]", "🐋", "\u200b"})
  void anyOtherTextIsAQueryAndAPassage(String text) {
    assertThat(reranker.score(text, List.of(text, "ocean")))
        .hasSize(2)
        .doesNotContain(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void aLoneSurrogateScoresAsTheReplacementCharacter() {
    assertThat(reranker.score("whale \ud83d", List.of("\udc0b ocean")))
        .isEqualTo(reranker.score("whale \ufffd", List.of("\ufffd ocean")));
  }

  @Test
  void thePassagesMayBeAListThatCannotBeChanged() {
    List<String> passages = List.of("ocean", "brain");
    assertThat(reranker.score("whale", passages)).hasSize(2);
  }

  @Test
  void theLogitsBelongToTheCaller() {
    float[] first = reranker.score("whale", List.of("ocean"));
    float kept = first[0];
    first[0] = 42;
    assertThat(reranker.score("whale", List.of("ocean"))).containsExactly(kept);
  }
}
