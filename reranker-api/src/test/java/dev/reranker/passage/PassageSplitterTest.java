package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.testkit.RandomText;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassageSplitterTest {

  /** Counts words. */
  private static PassageSplitter splitter(int maxTokens, int overlap) {
    return PassageSplitter.builder()
        .maxTokens(maxTokens)
        .overlap(overlap)
        .tokenCounter(text -> text.isBlank() ? 0 : text.strip().split("\\s+", -1).length)
        .build();
  }

  private static List<String> texts(PassageSplitter splitter, String text) {
    return splitter.split(Document.of("p", text)).stream().map(Document::text).toList();
  }

  @Test
  void sentencesArePackedWithOverlap() {
    String text = "One two three. Four five.  Six seven eight. Nine.";
    assertThat(texts(splitter(5, 0), text))
        .containsExactly("One two three. Four five.", "Six seven eight. Nine.");
    assertThat(texts(splitter(6, 2), text))
        .containsExactly("One two three. Four five.", "Four five.  Six seven eight. Nine.");
  }

  @Test
  void passagesKnowTheirParentAndTheirPlace() {
    var parent = new Document("p", "Whales 🐋 sleep. Cats sleep.", Map.of("lang", "en"));
    Document second = splitter(3, 0).split(parent).get(1);
    assertThat(second.id()).isEqualTo("p#1");
    assertThat(second.metadata()).containsEntry("lang", "en");
    assertThat(Passage.of(second)).hasValue(new Passage("p", 17, 28));
    assertThat(parent.text().substring(17, 28)).isEqualTo("Cats sleep.").isEqualTo(second.text());
    assertThat(Passage.of(parent)).isEmpty();
  }

  @Test
  void aLongSentenceIsCutBetweenWords() {
    assertThat(texts(splitter(2, 0), "one two three four five"))
        .containsExactly("one two", "three four", "five");
  }

  @Test
  void punctuationStaysWithItsWordAndPassagesAreFull() {
    assertThat(texts(splitter(3, 0), "one, two, three, four, (five), six"))
        .containsExactly("one, two, three,", "four, (five), six");
    // A count that says more of each piece alone than of all together.
    var splitter =
        PassageSplitter.builder()
            .maxTokens(5)
            .overlap(0)
            .tokenCounter(
                text -> 1 + text.replaceAll("[^ ]", "").strip().length() + text.length() / 5)
            .build();
    for (String passage : texts(splitter, "aaa bbb ccc ddd eee fff ggg hhh")) {
      assertThat(passage).hasSizeGreaterThanOrEqualTo(7);
    }
  }

  @Test
  void tokensAreEstimatedFromWordsAndCharacters() {
    var six = PassageSplitter.builder().maxTokens(6).overlap(0).build();
    assertThat(texts(six, "one two three four five six seven"))
        .as("four tokens for three words")
        .containsExactly("one two three four", "five six seven");
    assertThat(texts(six, "鲸鱼睡觉的时候只有半个大脑"))
        .as("a token for each character")
        .allSatisfy(passage -> assertThat(passage.length()).isBetween(1, 6));
    assertThat(texts(six, "クジラはねむる")).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Whales rest. ", "whale, ", "w ", "鲸鱼睡觉。", "鲸", "whale"})
  void countingGrowsWithTheTextAndNotFaster(String part) {
    assertThat(counted(part.repeat(80_000))).isLessThan(11 * counted(part.repeat(8_000)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Whales rest. ", "w ", "鲸"})
  void textIsCountedAFewTimes(String part) {
    assertThat(counted(part.repeat(80_000))).isLessThan(100L * 80_000 * part.length());
  }

  /** How many characters are counted in all to split a text, a token every four of them. */
  private static long counted(String text) {
    var sum = new AtomicLong();
    var splitter =
        PassageSplitter.builder()
            .tokenCounter(
                part -> {
                  sum.addAndGet(part.length());
                  return (part.length() + 3) / 4;
                })
            .build();
    assertThat(texts(splitter, text)).isNotEmpty();
    return sum.get();
  }

  @Test
  void aLongWordIsCutBetweenCharacters() {
    // A token a char: the family of four is one character of eleven chars.
    var splitter =
        PassageSplitter.builder().maxTokens(4).overlap(0).tokenCounter(String::length).build();
    String family = "👨‍👩‍👧‍👦";
    assertThat(texts(splitter, "abcdef🐋" + family)).containsExactly("abcd", "ef🐋", family);
  }

  @Test
  void aBlankDocumentIsOneEmptyPassage() {
    for (String blank : List.of("", " \n\t")) {
      List<Document> passages = splitter(5, 0).split(Document.of("p", blank));
      assertThat(passages).hasSize(1);
      assertThat(passages.get(0).text()).isEmpty();
      assertThat(Passage.of(passages.get(0))).hasValue(new Passage("p", 0, 0));
    }
  }

  @Test
  void randomTextsAreCoveredWithinTheLimit() {
    var random = new Random(RandomText.seed());
    String[] parts = {"whale ", "sleep. ", "🐋", "é", "\n\n", "! ", "x", "Der Wal ", "鲸鱼睡觉。", "  "};
    for (int round = 0; round < 2000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      int max = 4 + random.nextInt(20);
      int overlap = random.nextInt(max);
      var splitter =
          PassageSplitter.builder()
              .maxTokens(max)
              .overlap(overlap)
              .tokenCounter(String::length)
              .build();
      check(text.toString(), max, overlap, splitter.split(Document.of("p", text.toString())));
    }
  }

  private static void check(String text, int max, int overlap, List<Document> passages) {
    var covered = new BitSet();
    int end = 0;
    int start = -1;
    for (Document document : passages) {
      Passage passage = Passage.of(document).orElseThrow();
      assertThat(document.text()).isEqualTo(text.substring(passage.start(), passage.end()));
      assertThat(document.text().length()).as("tokens").isLessThanOrEqualTo(max);
      assertThat(end - passage.start()).as("overlap").isLessThanOrEqualTo(overlap);
      assertThat(passage.start()).as("goes on").isGreaterThan(start);
      assertThat(document.text()).doesNotMatch("(?s)^[\udc00-\udfff].*|.*[\ud800-\udbff]$");
      covered.set(passage.start(), passage.end());
      start = passage.start();
      end = passage.end();
    }
    for (int i = 0; i < text.length(); i++) {
      assertThat(covered.get(i) || Character.isWhitespace(text.charAt(i)))
          .as("char %d of '%s' is in a passage", i, text)
          .isTrue();
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> PassageSplitter.builder().maxTokens(0))
        .hasMessage("maxTokens is 0; it is at least 1");
    assertThatThrownBy(() -> PassageSplitter.builder().overlap(-1))
        .hasMessage("overlap is -1; it is at least 0");
    assertThatThrownBy(() -> splitter(5, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("overlap is 5 and maxTokens 5; the overlap must be smaller");
    assertThatThrownBy(() -> new Passage("p", 3, 2)).hasMessageContaining("no range");
  }
}
