package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What comes of a retriever or reranker that does not keep its contract. */
@SuppressWarnings("NullAway") // null is what it is about
class BorderTest {

  private static final Document A = Document.of("a", "first text");
  private static final Document A2 = Document.of("a", "second text");
  private static final Document B = Document.of("b", "");

  /** The ways over the border: a pipeline, a fusion, a name. */
  private static final List<Function<Retriever, List<Hit>>> WAYS =
      List.of(
          r -> Pipeline.builder().retrieve(r, 2).build().search("q").hits(),
          r -> Fusion.rrf(r).retrieve("q", 2),
          r -> Retriever.of("named", r).retrieve("q", 2));

  @Test
  void moreThanKAreCutOff() {
    Retriever greedy =
        (query, k) ->
            List.of(
                Hit.of(A, "s", 1, 3),
                Hit.of(B, "s", 2, 2),
                Hit.of(Document.of("c", ""), "s", 3, 1));
    for (var way : WAYS) {
      assertThat(ids(way.apply(greedy))).containsExactly("a", "b");
    }
  }

  @Test
  void ofOneIdTwiceTheFirstStays() {
    Retriever chunks =
        (query, k) -> List.of(Hit.of(A, "s", 1, 3), Hit.of(A2, "s", 2, 2), Hit.of(B, "s", 3, 1));
    for (var way : WAYS) {
      List<Hit> hits = way.apply(chunks);
      assertThat(ids(hits)).containsExactly("a", "b");
      assertThat(hits.getFirst().document().text()).isEqualTo("first text");
    }
  }

  @Test
  void oneIdTwiceHasOneVote() {
    Retriever twice = (query, k) -> List.of(Hit.of(A, "s", 1, 3), Hit.of(A, "s", 2, 2));
    Retriever once = Fixed.retriever("once", hit("b", 1));
    assertThat(Fusion.rrf(twice, once).retrieve("q", 9))
        .extracting(Hit::score)
        .containsExactly(1 / 61.0, 1 / 61.0);
  }

  @Test
  void ranksAreGivenAnew() {
    for (int[] ranks : new int[][] {{1, 1}, {7, 3}, {2, 2}}) {
      Retriever odd =
          (query, k) -> List.of(Hit.of(A, "s", ranks[0], 3), Hit.of(B, "s", ranks[1], 2));
      for (var way : WAYS) {
        assertThat(way.apply(odd)).extracting(Hit::rank).containsExactly(1, 2);
      }
    }
  }

  @Test
  void nullIsNamed() {
    Retriever nothing = Retriever.of("mine", (query, k, context) -> null);
    Retriever hole =
        Retriever.of("mine", (query, k, context) -> Arrays.asList(Hit.of(A, "s", 1, 1), null));
    for (var way : WAYS) {
      assertThatThrownBy(() -> way.apply(nothing))
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("'mine' gave null in place of a list");
      assertThatThrownBy(() -> way.apply(hole))
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("'mine' gave null as hit 1 of 2");
    }
  }

  @Test
  void aRerankersOddListIsBroughtInOrderToo() {
    Retriever first = Fixed.retriever("first", hit("a", 3), hit("b", 2));
    Reranker odd =
        request -> {
          Hit a = request.candidates().get(0).then(StageScore.of("odd", 5, 1), 0);
          return RerankResult.of(List.of(a, a), StageReport.builder("odd").build());
        };
    List<Hit> hits =
        Pipeline.builder().retrieve(first, 2).rerank(odd, 5).build().search("q").hits();
    assertThat(hits).extracting(Hit::rank).containsExactly(1);
  }

  @Test
  void aRerankerThatGivesNullFails() {
    Retriever first = Fixed.retriever("first", hit("a", 3));
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(first, 2)
            .rerank(request -> null, 5)
            .onFailure(FailurePolicy.THROW)
            .build();
    assertThatThrownBy(() -> pipeline.search("q"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("gave null");
  }
}
