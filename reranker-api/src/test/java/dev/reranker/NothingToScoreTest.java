package dev.reranker;

import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Thresholds, negative scores, and candidates without a text. */
class NothingToScoreTest {

  private static final Map<String, Double> MODEL =
      Map.of("h1", 2.1, "h2", 0.0, "h3", -0.4, "h4", -5.0);

  private final List<String> asked = new ArrayList<>();

  private static Retriever texts(Map<String, String> changed, String... ids) {
    return (query, k) -> {
      var hits = new ArrayList<Hit>();
      for (String id : ids) {
        Document document = Document.of(id, changed.getOrDefault(id, id));
        hits.add(Hit.of(document, "bm25", hits.size() + 1, 8 - hits.size() * 0.5));
      }
      return hits;
    };
  }

  private static final Retriever FIRST =
      texts(Map.of("h5", "", "h6", " \n"), "h1", "h2", "h3", "h4", "h5", "h6");

  private final Reranker raw =
      request -> {
        var result = RerankResult.builder(request, "model");
        for (int i = 0; i < request.candidates().size(); i++) {
          String text = request.candidates().get(i).document().text();
          asked.add(text);
          result.score(i, MODEL.getOrDefault(text, 0.0));
        }
        return result.build();
      };

  private final Reranker sigmoid =
      request -> {
        var result = RerankResult.builder(request, "model");
        for (int i = 0; i < request.candidates().size(); i++) {
          double logit = MODEL.getOrDefault(request.candidates().get(i).document().text(), 0.0);
          result.score(i, 1 / (1 + Math.exp(-logit)), logit);
        }
        return result.build();
      };

  private static SearchResult search(Reranker reranker, double minScore) {
    return Pipeline.builder()
        .retrieve(FIRST, 10)
        .rerank(reranker, 10)
        .minScore(minScore)
        .build()
        .search("q");
  }

  @Test
  void withoutALimitTheyStandLastUnscored() {
    SearchResult result = search(raw, Double.NEGATIVE_INFINITY);
    assertThat(ids(result.hits())).containsExactly("h1", "h2", "h3", "h4", "h5", "h6");
    assertThat(result.hits())
        .extracting(Hit::scored)
        .containsExactly(true, true, true, true, false, false);
    assertThat(asked).containsExactly("h1", "h2", "h3", "h4");
    assertThat(result.hits()).extracting(Hit::index).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void theLimitIsInclusiveOnTheReportedScale() {
    assertThat(ids(search(raw, -0.4).hits())).containsExactly("h1", "h2", "h3");
    assertThat(search(raw, -0.4).stages().getLast().skipped()).isEqualTo(2);
    assertThat(ids(search(raw, 0.0).hits())).containsExactly("h1", "h2");
    assertThat(ids(search(raw, 10.0).hits())).isEmpty();
    List<Hit> hits = search(sigmoid, 0.5).hits();
    assertThat(ids(hits)).containsExactly("h1", "h2");
    assertThat(hits.getFirst().score()).isCloseTo(0.890903, within(1e-6));
    assertThat(hits.getLast().score()).isEqualTo(0.5);
  }

  @Test
  void noneIsInTheWayOfAnothersIndex() {
    Retriever mixed = texts(Map.of("x", "", "y", ""), "x", "h4", "y", "h1");
    for (ScoreCombiner combiner : List.of(ScoreCombiner.replace(), ScoreCombiner.weighted(1))) {
      List<Hit> hits =
          Pipeline.builder()
              .retrieve(mixed, 10)
              .rerank(raw, 3, combiner)
              .build()
              .search("q")
              .hits();
      assertThat(ids(hits)).containsExactly("h1", "h4", "x");
      assertThat(hits).extracting(Hit::index).containsExactly(3, 1, 0);
      assertThat(hits).extracting(Hit::rank).containsExactly(1, 2, 3);
      assertThat(hits.getFirst().earlier().getFirst()).isEqualTo(StageScore.of("bm25", 4, 6.5));
    }
  }

  @Test
  void aFailureKeepsWhatMightMeetTheLimit() {
    Reranker fails =
        request -> {
          throw new InferenceException("NaN");
        };
    assertThat(ids(search(fails, 3).hits())).containsExactly("h1", "h2", "h3", "h4");
    assertThat(ids(search(fails, Double.NEGATIVE_INFINITY).hits())).hasSize(6);
  }

  @Test
  void withoutAnyTextTheModelHasNothingToDo() {
    SearchResult result =
        Pipeline.builder()
            .retrieve(texts(Map.of("x", "", "y", ""), "x", "y"), 5)
            .rerank(raw, 5)
            .build()
            .search("q");
    assertThat(ids(result.hits())).containsExactly("x", "y");
    assertThat(asked).isEmpty();
  }

  @Test
  void moreCandidatesThanTheLimitAreRefused() {
    Pipeline pipeline =
        Pipeline.builder().retrieve(FIRST, 10).rerank(raw, 10).mostCandidates(3).build();
    assertThatThrownBy(() -> pipeline.search("q"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "reranker 'rerank' would have to score 4 candidates; the pipeline's limit is 3: ");
    assertThat(asked).isEmpty();
    assertThat(pipeline.toBuilder().window(3).build().search("q").hits()).hasSize(6);
  }
}
