package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassageTest {

  private static Document passage(Object start, Object end) {
    return new Document(
        "p#0", "text", Map.of(Passage.PARENT, "p", Passage.START, start, Passage.END, end));
  }

  @Test
  void offsetsAreNumbersAndWereStringsOnce() {
    var expected = new Passage("p", 3, 12);
    assertThat(Passage.of(passage(3, 12))).hasValue(expected);
    assertThat(Passage.of(passage(3L, 12L))).hasValue(expected);
    assertThat(Passage.of(passage("3", "12"))).hasValue(expected);
  }

  @Test
  void whatIsNoPassageHasNone() {
    assertThat(Passage.of(Document.of("a", "text"))).isEmpty();
    assertThat(Passage.of(new Document("a", "text", Map.of(Passage.PARENT, "p")))).isEmpty();
  }

  @Test
  void anOffsetThatIsNoneIsNamed() {
    assertThatThrownBy(() -> Passage.of(passage("three", 12)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "document 'p#0' has 'three' under 'passage.start'; a passage's offset is an Integer");
    assertThatThrownBy(() -> Passage.of(passage(0, 1L << 40)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'1099511627776' under 'passage.end'");
    assertThatThrownBy(() -> Passage.of(passage(5, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no range");
  }
}
