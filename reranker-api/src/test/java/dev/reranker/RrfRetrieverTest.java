package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.testkit.FakeRetriever;
import dev.reranker.testkit.RetrieverContract;
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
      var found = new java.util.ArrayList<Hit>();
      for (String id : ids) {
        found.add(Hit.of(Document.of(id, id), name, found.size() + 1, 10.0 - found.size()));
      }
      return found.subList(0, Math.min(k, found.size()));
    };
  }

  @Override
  protected Retriever retriever() {
    return Fusion.rrf(
        new FakeRetriever("one", DOCUMENTS), new FakeRetriever("two", DOCUMENTS.reversed()));
  }

  @Override
  protected String query() {
    return "whales sleep";
  }

  @Test
  void scoresAreThePapersFormula() {
    List<Hit> fused =
        Fusion.rrf(fixed("one", "a", "b", "c"), fixed("two", "c", "a", "d")).retrieve("q", 10);
    assertThat(fused).extracting(c -> c.document().id()).containsExactly("a", "c", "b", "d");
    assertThat(fused.get(0).score()).isCloseTo(1 / 61.0 + 1 / 62.0, within(1e-15));
    assertThat(fused.get(1).score()).isCloseTo(1 / 63.0 + 1 / 61.0, within(1e-15));
    assertThat(fused.get(2).score()).isCloseTo(1 / 62.0, within(1e-15));
    assertThat(fused.get(3).score()).isCloseTo(1 / 63.0, within(1e-15));
  }

  @Test
  void everyRetrieverIsRemembered() {
    Hit first = Fusion.rrf(fixed("one", "b", "a"), fixed("two", "a")).retrieve("q", 10).get(0);
    assertThat(first.document().id()).isEqualTo("a");
    assertThat(first.earlier())
        .containsExactly(StageScore.of("one", 2, 9), StageScore.of("two", 1, 10));
  }

  @Test
  void equalScoresAreOrderedById() {
    assertThat(Fusion.rrf(fixed("one", "b"), fixed("two", "a")).retrieve("q", 10))
        .extracting(c -> c.document().id())
        .containsExactly("a", "b");
  }

  @Test
  void nestedFusionKeepsTheWholeHistory() {
    Retriever nested = Fusion.rrf(Fusion.rrf(fixed("one", "a")), fixed("two", "a"));
    assertThat(nested.retrieve("q", 1).get(0).earlier())
        .extracting(StageScore::stage)
        .containsExactly("one", "rrf", "two");
  }

  @Test
  void namedRetrieversShowTheirName() {
    assertThat(Retriever.of("titles", fixed("one", "a")).retrieve("q", 1).get(0).current())
        .isEqualTo(StageScore.of("titles", 1, 10));
  }

  @Test
  void weightsMultiplyVotes() {
    Retriever fused =
        Fusion.builder()
            .retriever(fixed("one", "a"), 0.25)
            .retriever(fixed("two", "b"), 3)
            .byRank(1)
            .build();
    assertThat(fused.retrieve("q", 10))
        .extracting(h -> h.document().id() + " " + h.score())
        .containsExactly("b 1.5", "a 0.125");
  }

  @Test
  void theLargestConstantOverflowsNothing() {
    Retriever fused =
        Fusion.builder().retriever(fixed("one", "a", "b")).byRank(Integer.MAX_VALUE).build();
    assertThat(fused.retrieve("q", 10))
        .allMatch(hit -> hit.score() > 0)
        .extracting(h -> h.document().id())
        .containsExactly("a", "b");
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> Fusion.rrf())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("at least one retriever");
    assertThatThrownBy(() -> Fusion.builder().byRank(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RRF's k is 0");
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Fusion.builder().retriever(fixed("one"), wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the weight of 'retriever' is " + wrong + "; weights are finite and at least 0");
    }
  }
}
