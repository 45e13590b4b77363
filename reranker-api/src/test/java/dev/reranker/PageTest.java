package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that go on behind what is reranked. */
class PageTest {

  private static final double[] MODEL = {
    -7.0, -1.0, 2.5, -6.5, 0.4, -8.1, 1.9, -2.2, -5.0, 3.3, -9.4, -0.6
  };

  private static final List<String> ORDER =
      List.of(
          "m10", "m03", "m07", "m05", "m12", "m02", "m08", "m09", "m04", "m01", "m06", "m11", "m13",
          "m14", "m15", "m16", "m17", "m18", "m19", "m20", "m21", "m22", "m23", "m24", "m25", "m26",
          "m27", "m28", "m29", "m30");

  private static final Retriever FIRST = first();

  private static Retriever first() {
    var hits = new ArrayList<Fixed.Scored>();
    for (int i = 0; i < 30; i++) {
      hits.add(hit("m%02d".formatted(i + 1), 40.0 - 1.1 * i));
    }
    return Fixed.retriever("bm25", hits.toArray(Fixed.Scored[]::new));
  }

  private static final Reranker RERANKER =
      request -> {
        var result = RerankResult.builder(request, "model");
        for (int i = 0; i < request.candidates().size(); i++) {
          result.score(i, MODEL[i]);
        }
        return result.build();
      };

  private final Pipeline pipeline =
      Pipeline.builder().retrieve(FIRST, 30).rerank(RERANKER, 10).window(12).build();

  private SearchResult page(int offset, int size) {
    return pipeline.search(SearchRequest.of("q").withOffset(offset).withTopN(size));
  }

  @Test
  void pagesAreDisjointAndTogetherComplete() {
    for (int size : List.of(5, 7, 10, 12, 30, 1, 29, 100)) {
      var all = new ArrayList<Hit>();
      for (int offset = 0; offset < 30; offset += size) {
        SearchResult page = page(offset, size);
        assertThat(page.total()).hasValue(30);
        all.addAll(page.hits());
      }
      assertThat(ids(all)).as("pages of %d", size).isEqualTo(ORDER);
      assertThat(all.subList(0, 12)).allMatch(Hit::scored);
      assertThat(all.subList(12, 30)).noneMatch(Hit::scored);
      for (int i = 0; i < 30; i++) {
        assertThat(all.get(i).rank()).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void aPageMayLieOnBothSidesOfTheWindow() {
    assertThat(ids(page(10, 5).hits())).containsExactly("m06", "m11", "m13", "m14", "m15");
  }

  @Test
  void aPagePastTheEndIsEmpty() {
    for (int offset : List.of(30, 31, Integer.MAX_VALUE)) {
      assertThat(page(offset, Integer.MAX_VALUE).hits()).isEmpty();
      assertThat(page(offset, 5).total()).hasValue(30);
    }
  }

  @Test
  void withoutATopNAPageIsAsLongAsTheLastStageKeeps() {
    assertThat(pipeline.search(SearchRequest.of("q").withOffset(20)).hits()).hasSize(10);
    assertThat(pipeline.search("q").hits()).hasSize(10);
    assertThat(pipeline.search("q").total()).isEmpty();
  }

  @Test
  void aFirstStageAloneHasPagesToo() {
    SearchResult page =
        Pipeline.builder()
            .retrieve(FIRST, 30)
            .minScore(30)
            .build()
            .search(SearchRequest.of("q").withOffset(8).withTopN(5));
    assertThat(ids(page.hits())).containsExactly("m09", "m10");
    assertThat(page.total()).hasValue(10);
  }

  @Test
  void aNegativeOffsetIsRefused() {
    assertThatThrownBy(() -> SearchRequest.of("q").withOffset(-1))
        .hasMessage("offset is -1; the first page has 0");
  }
}
