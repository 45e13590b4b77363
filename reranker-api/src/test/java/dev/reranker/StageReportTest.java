package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The count of prepared passages, from the reranker to the reader. */
class StageReportTest {

  private static final Reranker THREE =
      request -> RerankResult.builder(request, "mine").score(0, 1).prepared(3).build();

  @Test
  void preparedPassagesAreCounted() {
    StageReport report = StageReport.builder("s").scored(5, 0).truncated(1).prepared(3).build();
    assertThat(report.prepared()).isEqualTo(3);
    assertThat(report).asString().contains("5 scored, 1 cut, 3 prepared, ");
  }

  @Test
  void whereNoneIsPreparedNothingIsSaidOfIt() {
    StageReport report = StageReport.builder("s").scored(5, 0).build();
    assertThat(report.prepared()).isZero();
    assertThat(report).asString().doesNotContain("prepared");
  }

  @Test
  void underAnotherNameTheCountStays() {
    StageReport report = StageReport.builder("s").prepared(3).build();
    assertThat(report.copy("t").build().prepared()).isEqualTo(3);
    assertThat(Reranker.of("t", THREE).rerank("q", List.of("x")).report().prepared()).isEqualTo(3);
  }

  @Test
  void aResultsBuilderRecordsThem() {
    assertThat(THREE.rerank("q", List.of("x")).report().prepared()).isEqualTo(3);
    var none = RerankResult.builder(RerankRequest.ofTexts("q", List.of("x")), "mine").build();
    assertThat(none.report().prepared()).isZero();
  }

  @Test
  void aPipelinePassesThemOn() {
    SearchResult result =
        Pipeline.builder()
            .retrieve(Fixed.retriever("first", Fixed.hit("a", 1)), 10)
            .rerank(THREE, 10)
            .build()
            .search("q");
    assertThat(result.stages()).extracting(StageReport::prepared).containsExactly(0, 3);
  }
}
