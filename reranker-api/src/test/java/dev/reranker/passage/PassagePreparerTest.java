package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Embedder;
import dev.reranker.prepared.PreparedPassage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a preparer does unless it says otherwise. */
class PassagePreparerTest {

  private static PreparedPassage prepared(String text) {
    return PreparedPassage.of("model", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Keeps the texts themselves, and their lengths for vectors. */
  private static class Keeping implements PassagePreparer {

    @Override
    public String name() {
      return "keeping";
    }

    @Override
    public String preparedFingerprint() {
      return "model";
    }

    @Override
    public Optional<Embedder> embedder() {
      return Optional.empty();
    }

    @Override
    public List<Prepared> prepareAndEmbed(List<String> passages) {
      return passages.stream()
          .map(text -> new Prepared(prepared(text), new float[] {text.length()}))
          .toList();
    }
  }

  @Test
  void onePassageForEachTextInOrder() {
    assertThat(new Keeping().prepare(List.of("one", "", "two", "one")))
        .containsExactly(prepared("one"), prepared(""), prepared("two"), prepared("one"));
    assertThat(new Keeping().prepare(List.of())).isEmpty();
  }

  @Test
  void whatTheModelRefusesIsRefused() {
    PassagePreparer together =
        new Keeping() {
          @Override
          public List<Prepared> prepareAndEmbed(List<String> passages) {
            throw new UnsupportedOperationException("reads both together");
          }
        };
    assertThatThrownBy(() -> together.prepare(List.of("one")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("reads both together");
  }

  @Test
  void aPassageAndItsVectorStayTogether() {
    float[] vector = {1, 2};
    var both = new PassagePreparer.Prepared(prepared("one"), vector);
    assertThat(both.passage()).isEqualTo(prepared("one"));
    assertThat(both.vector()).isSameAs(vector);
  }
}
