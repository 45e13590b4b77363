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
  void whatAFirstStageThrowsHasAKind() {
    Retriever broken =
        (query, k) -> {
          throw new java.io.UncheckedIOException(new java.io.IOException("no route to host"));
        };
    assertThatThrownBy(() -> Pipeline.builder().retrieve(broken, 2).build().search("q"))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("retriever 'retriever' failed: ")
        .hasMessageContaining("no route to host");
    Retriever sneaky =
        (query, k) -> BorderTest.<RuntimeException>sneak(new java.io.IOException("x"));
    assertThatThrownBy(() -> Pipeline.builder().retrieve(sneaky, 2).build().search("q"))
        .isInstanceOf(RetrievalException.class);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> List<Hit> sneak(Exception e) throws E {
    throw (E) e;
  }

  @Test
  void whatARerankerThrowsHasAKind() {
    Retriever first = Fixed.retriever("first", hit("a", 3));
    Reranker broken =
        request -> {
          throw new java.io.UncheckedIOException(new java.io.IOException("no route to host"));
        };
    Pipeline.Builder builder = Pipeline.builder().retrieve(first, 2).rerank(broken, 5);
    assertThat(builder.build().search("q").hits()).hasSize(1);
    assertThatThrownBy(() -> builder.onFailure(FailurePolicy.THROW).build().search("q"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("no route to host");
  }

  @Test
  void hitsThatARerankerHandsThroughAreNotScoredByIt() {
    Retriever first = Fixed.retriever("first", hit("a", 3), hit("b", 2));
    Reranker through =
        request -> RerankResult.of(request.candidates(), StageReport.builder("x").build());
    List<Hit> hits =
        Pipeline.builder()
            .retrieve(first, 2)
            .rerank(through, 5)
            .minScore(2.5)
            .build()
            .search("q")
            .hits();
    assertThat(ids(hits)).containsExactly("a", "b");
    assertThat(hits).noneMatch(Hit::scored);
  }

  @Test
  void whatARerankerScoredStandsBeforeWhatItDidNot() {
    Retriever first = Fixed.retriever("first", hit("a", 3), hit("b", 2));
    Reranker odd =
        request ->
            RerankResult.of(
                List.of(
                    request.candidates().get(0),
                    request.candidates().get(1).then(StageScore.of("odd", 2, -4), 1)),
                StageReport.builder("odd").build());
    assertThat(ids(Pipeline.builder().retrieve(first, 2).rerank(odd, 5).build().search("q").hits()))
        .containsExactly("b", "a");
  }

  @Test
  void aHitOfNoCandidateIsRefused() {
    Retriever first = Fixed.retriever("first", hit("a", 3));
    Reranker odd =
        request ->
            RerankResult.of(
                List.of(request.candidates().get(0).then(StageScore.of("odd", 1, 1), 7)),
                StageReport.builder("odd").build());
    Pipeline pipeline =
        Pipeline.builder().retrieve(first, 2).rerank(odd, 5).onFailure(FailurePolicy.THROW).build();
    assertThatThrownBy(() -> pipeline.search("q"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("index 7 for 1 candidates");
  }

  @Test
  void aNamedRetrieverKeepsTheContract() {
    Retriever named = Fixed.retriever("named", hit("a", 3));
    assertThatThrownBy(() -> named.retrieve(" ", 1)).hasMessageContaining("blank");
    assertThatThrownBy(() -> named.retrieve("q", -1)).hasMessageContaining("k is -1");
  }

  @Test
  void twoLambdasCanBeToldApart() {
    Reranker mine = request -> RerankResult.builder(request, "inner").score(0, 1).build();
    RerankResult result = Reranker.of("mine", mine).rerank("q", List.of("a", "b"));
    assertThat(result.hits()).extracting(Hit::stage).containsOnly("mine");
    assertThat(result.report().stage()).isEqualTo("mine");
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
