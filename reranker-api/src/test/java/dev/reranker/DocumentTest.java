package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.prepared.PreparedPassage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Documents, and what they carry; their metadata is tested with the hits. */
class DocumentTest {

  private static final PreparedPassage PREPARED = PreparedPassage.of("model", new byte[] {1, 2});
  private static final Document PLAIN = new Document("d", "text", Map.of("page", 1));

  @Test
  void aDocumentGivesBackWhatItWasMadeOf() {
    assertThat(PLAIN.id()).isEqualTo("d");
    assertThat(PLAIN.text()).isEqualTo("text");
    assertThat(PLAIN.metadata()).containsExactly(Map.entry("page", 1));
    assertThat(PLAIN.prepared()).isEmpty();
    assertThat(PLAIN).hasToString("Document[id=d, text=text, metadata={page=1}]");
  }

  @Test
  void whatWasPreparedTravelsWithIt() {
    assertThat(PLAIN.withPrepared(PREPARED).prepared()).containsSame(PREPARED);
    assertThat(PLAIN.withPrepared(PREPARED.bytes()).prepared()).contains(PREPARED);
    assertThat(PLAIN.prepared()).isEmpty();
  }

  @Test
  void theLastPreparedPassageCounts() {
    PreparedPassage other = PreparedPassage.of("other", new byte[0]);
    assertThat(PLAIN.withPrepared(PREPARED).withPrepared(other).prepared()).containsSame(other);
  }

  @Test
  void equalityDoesNotSeeWhatWasPrepared() {
    Document prepared = PLAIN.withPrepared(PREPARED);
    assertThat(prepared).isEqualTo(PLAIN).hasSameHashCodeAs(PLAIN).hasToString(PLAIN.toString());
    assertThat(PLAIN).isEqualTo(prepared);
  }

  @Test
  void equalitySeesEverythingElse() {
    List<Object> others =
        List.of(
            new Document("e", "text", Map.of("page", 1)),
            new Document("d", "texts", Map.of("page", 1)),
            new Document("d", "text", Map.of("page", 2)),
            Document.of("d", "text"),
            "d");
    for (Object other : others) {
      assertThat(PLAIN).isNotEqualTo(other);
    }
  }

  @Test
  void anotherIdKeepsTheRest() {
    assertThat(PLAIN.withId("e")).isEqualTo(new Document("e", "text", Map.of("page", 1)));
    assertThat(PLAIN.withId("e").prepared()).isEmpty();
    assertThat(PLAIN.withPrepared(PREPARED).withId("e").prepared()).containsSame(PREPARED);
    assertThatThrownBy(() -> PLAIN.withId(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a document's id must not be empty");
  }

  @Test
  void bytesThatAreNotPreparedNameTheDocument() {
    assertThatThrownBy(() -> PLAIN.withPrepared(new byte[] {1, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("document 'd': these 3 bytes are no prepared passage");
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it is about
  void nullIsNamed() {
    assertThatThrownBy(() -> Document.of(null, "text")).hasMessage("id");
    assertThatThrownBy(() -> Document.of("d", null)).hasMessage("text");
    assertThatThrownBy(() -> new Document("d", "text", null)).hasMessage("metadata");
    assertThatThrownBy(() -> PLAIN.withId(null)).hasMessage("id");
    assertThatThrownBy(() -> PLAIN.withPrepared((PreparedPassage) null)).hasMessage("prepared");
    assertThatThrownBy(() -> PLAIN.withPrepared((byte[]) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("prepared");
  }
}
