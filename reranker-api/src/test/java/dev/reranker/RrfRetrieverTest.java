package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.contract.RetrieverContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class RrfRetrieverTest extends RetrieverContract {

  private static final List<Document> DOCUMENTS =
      List.of(
          Document.of("a", "whales sleep"),
          Document.of("b", "whales swim"),
          Document.of("c", "cats sleep"),
          Document.of("d", "dogs"),
          Document.of("e", "nothing"));

  private static Retriever fixed(String name, String... ids) {
    return (query, k) -> {
      var found = new java.util.ArrayList<Candidate>();
      for (String id : ids) {
        found.add(Candidate.of(Document.of(id, id), name, found.size() + 1, 10.0 - found.size()));
      }
      return found.subList(0, Math.min(k, found.size()));
    };
  }

  @Override
  protected Retriever retriever() {
    return Retrievers.rrf(
        new FakeRetriever("one", DOCUMENTS), new FakeRetriever("two", DOCUMENTS.reversed()));
  }

  @Override
  protected String query() {
    return "whales sleep";
  }

  @Test
  void scoresAreThePapersFormula() {
    List<Candidate> fused =
        Retrievers.rrf(fixed("one", "a", "b", "c"), fixed("two", "c", "a", "d")).retrieve("q", 10);
    assertThat(fused).extracting(c -> c.document().id()).containsExactly("a", "c", "b", "d");
    assertThat(fused.get(0).score()).isCloseTo(1 / 61.0 + 1 / 62.0, within(1e-15));
    assertThat(fused.get(1).score()).isCloseTo(1 / 63.0 + 1 / 61.0, within(1e-15));
    assertThat(fused.get(2).score()).isCloseTo(1 / 62.0, within(1e-15));
    assertThat(fused.get(3).score()).isCloseTo(1 / 63.0, within(1e-15));
  }

  @Test
  void everyRetrieverIsRemembered() {
    Candidate first =
        Retrievers.rrf(fixed("one", "b", "a"), fixed("two", "a")).retrieve("q", 10).get(0);
    assertThat(first.document().id()).isEqualTo("a");
    assertThat(first.earlier())
        .containsExactly(new StageScore("one", 2, 9), new StageScore("two", 1, 10));
  }

  @Test
  void equalScoresAreOrderedById() {
    assertThat(Retrievers.rrf(fixed("one", "b"), fixed("two", "a")).retrieve("q", 10))
        .extracting(c -> c.document().id())
        .containsExactly("a", "b");
  }

  @Test
  void nestedFusionKeepsTheWholeHistory() {
    Retriever nested = Retrievers.rrf(Retrievers.rrf(fixed("one", "a")), fixed("two", "a"));
    assertThat(nested.retrieve("q", 1).get(0).earlier())
        .extracting(StageScore::stage)
        .containsExactly("one", "rrf", "two");
  }

  @Test
  void namedRetrieversShowTheirName() {
    assertThat(Retrievers.named("titles", fixed("one", "a")).retrieve("q", 1).get(0).current())
        .isEqualTo(new StageScore("titles", 1, 10));
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> Retrievers.rrf())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one retriever");
    assertThatThrownBy(() -> Retrievers.rrf(0, List.of(fixed("one"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RRF's k is 0");
  }
}
