package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.testkit.FakeReranker;
import dev.reranker.testkit.FakeRetriever;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipelineTest {

  private static final List<Document> DOCUMENTS =
      IntStream.range(0, 20)
          .mapToObj(i -> Document.of("d%02d".formatted(i), "word " + "x".repeat(i)))
          .toList();
  private static final Retriever FIRST = new FakeRetriever("first", DOCUMENTS);
  private static final Reranker LONGEST = new FakeReranker("longest", (q, p) -> p.length());
  private static final Reranker SHORTEST = new FakeReranker("shortest", (q, p) -> -p.length());

  private static List<String> ids(SearchResult result) {
    return result.hits().stream().map(d -> d.document().id()).toList();
  }

  @Test
  void withoutARerankerFirstStageOrderStands() {
    SearchResult result = Pipeline.builder().retrieve(FIRST, 3).build().search("word");
    assertThat(ids(result)).containsExactly("d00", "d01", "d02");
    assertThat(result.hits()).allMatch(hit -> hit.raw().isEmpty());
    assertThat(result.complete()).isTrue();
    assertThat(result.hits()).allMatch(d -> d.score() == 1);
    assertThat(result.stages()).extracting(StageReport::stage).containsExactly("first");
  }

  @Test
  void theRerankerOrdersTheWindowOnly() {
    SearchResult result =
        Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 3).build().search("word");
    assertThat(ids(result)).containsExactly("d09", "d08", "d07");
    assertThat(result.hits().get(0).earlier()).containsExactly(StageScore.of("first", 10, 1));
  }

  @Test
  void aCascadeNarrowsStageByStage() {
    SearchResult result =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(LONGEST, 4)
            .rerank(SHORTEST, 2)
            .build()
            .search("word");
    assertThat(ids(result)).containsExactly("d06", "d07");
    assertThat(result.hits().get(0).earlier())
        .extracting(StageScore::stage)
        .containsExactly("first", "longest");
    assertThat(result.stages()).extracting(StageReport::candidates).containsExactly(10, 4, 2);
  }

  @Test
  void aRequestMayChangeDepthAndTopN() {
    Pipeline pipeline = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 5).build();
    assertThat(ids(pipeline.search(SearchRequest.of("word").withDepth(2).withTopN(1))))
        .containsExactly("d01");
  }

  @Test
  void aRequestMayAskForMoreThanTheLastStageKeeps() {
    Pipeline pipeline = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 1).topN(1).build();
    assertThat(ids(pipeline.search(SearchRequest.of("word").withTopN(3))))
        .containsExactly("d09", "d08", "d07");
    assertThat(ids(pipeline.search(SearchRequest.of("word").withTopN(50)))).hasSize(10);
  }

  @Test
  void aBuilderOfAPipelineStartsFromItsSettings() {
    Pipeline small = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 4).build();
    Pipeline cascade = small.toBuilder().rerank(SHORTEST, 2).build();
    assertThat(ids(cascade.search("word"))).containsExactly("d06", "d07");
    assertThat(ids(small.search("word"))).hasSize(4);
  }

  @Test
  void aRerankerReplacesUnlessItAsksOtherwise() {
    Pipeline plain = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 4).build();
    Pipeline replaced =
        Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 4, ScoreCombiner.replace()).build();
    assertThat(replaced.search("word").hits()).isEqualTo(plain.search("word").hits());
  }

  @Test
  void lowScoresAreLeftOut() {
    Pipeline pipeline =
        Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 5).minScore(13).build();
    assertThat(ids(pipeline.search("word"))).containsExactly("d09", "d08");
  }

  @Test
  void topNCutsWhatTheLastStageKept() {
    Pipeline pipeline = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 5).topN(2).build();
    assertThat(ids(pipeline.search("word"))).containsExactly("d09", "d08");
  }

  @Test
  void combinedScoresKeepBothParts() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(LONGEST, 3, ScoreCombiner.weighted(1))
            .build();
    SearchResult result = pipeline.search("word");
    assertThat(ids(result)).containsExactly("d09", "d08", "d07");
    assertThat(result.hits().get(0).score()).isEqualTo(1);
    assertThat(result.hits().get(0).earlier())
        .extracting(StageScore::stage)
        .containsExactly("first", "longest");
  }

  @Test
  void aWeightOfZeroKeepsFirstStageOrder() {
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(FIRST, 10)
            .rerank(LONGEST, 3, ScoreCombiner.weighted(0))
            .build();
    assertThat(ids(pipeline.search("word"))).containsExactly("d00", "d01", "d02");
  }

  @Test
  void nothingFoundIsAnEmptyResult() {
    Pipeline pipeline = Pipeline.builder().retrieve(FIRST, 10).rerank(LONGEST, 3).build();
    assertThat(pipeline.search("absent").hits()).isEmpty();
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> Pipeline.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("retrieve(retriever, depth)");
    assertThatThrownBy(() -> Pipeline.builder().retrieve(FIRST, 0))
        .hasMessage("depth is 0; it is at least 1");
    assertThatThrownBy(() -> Pipeline.builder().rerank(LONGEST, -1))
        .hasMessage("keep is -1; it is at least 1");
    assertThatThrownBy(() -> Pipeline.builder().minScore(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> SearchRequest.of(" ")).hasMessageContaining("blank");
    assertThatThrownBy(() -> SearchRequest.of("q").withTopN(0))
        .hasMessage("topN is 0; it is at least 1");
  }
}
