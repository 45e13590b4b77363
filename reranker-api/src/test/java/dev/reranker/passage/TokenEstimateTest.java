package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEstimateTest {

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "' \t\n\u3000', 0",
    "whale, 2",
    "whales sleep, 3",
    "'  whales  sleep\ndeep. ', 4",
    "one two three four five six, 8",
    "don't, 2",
    "鲸鱼怎样睡觉, 6",
    "鲸鱼睡觉。, 5",
    "クジラは眠る, 6",
    "고래는 잔다, 5",
    "'whale 鲸鱼 sleep', 5",
    "whale鲸鱼sleep, 5",
    "𠀀𠀁, 2",
    "🐋, 1",
    "кит спит, 3"
  })
  void fourForThreeWordsAndOneForEachCjkCharacter(String text, int tokens) {
    assertThat(TokenEstimate.of(text)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @CsvSource({"30, 40", "31, 42", "150, 200"})
  void wordsAreRoundedUpOnce(int words, int tokens) {
    assertThat(TokenEstimate.of("whale ".repeat(words))).isEqualTo(tokens);
  }
}
