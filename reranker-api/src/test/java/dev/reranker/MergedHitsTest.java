package dev.reranker;

import static dev.reranker.Fixed.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.passage.MaxP;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same passage from two retrievers, whose metadata differ. */
class MergedHitsTest {

  private static final Map<String, Double> MODEL =
      Map.of(
          "c1", 3.1, "c2", 4.4, "c3", 3.9, "c4", 0.2, "c5", 4.0, "c6", -1.5, "c7", 1.8, "c8", 3.6);

  private static final Map<String, String> PARENTS =
      Map.of(
          "c1", "P1", "c2", "P1", "c3", "P2", "c4", "P3", "c5", "P2", "c6", "P4", "c7", "P5", "c8",
          "P1");

  private static Retriever list(String name, double best, double step, String... ids) {
    return Retriever.of(
        name,
        (query, k) -> {
          var hits = new ArrayList<Hit>();
          for (String id : ids) {
            double score = best - step * hits.size();
            Map<String, Object> metadata = new HashMap<>();
            metadata.put("chunk", id);
            metadata.put("parent", PARENTS.getOrDefault(id, ""));
            metadata.put("score", score);
            metadata.put("engine", name);
            Document document = new Document(id, "passage " + id, metadata);
            hits.add(Hit.of(document, name, hits.size() + 1, score));
          }
          return hits;
        });
  }

  private static final Retriever FUSED =
      Fusion.rrf(
          list("vectors", 0.85, 0.05, "c1", "c2", "c3", "c4", "c5", "c6"),
          list("text", 12.5, 1.5, "c3", "c1", "c7", "c8", "c2", "c5"));

  private final List<String> scored = new ArrayList<>();

  private final Reranker reranker =
      request -> {
        var result = RerankResult.builder(request, "model");
        for (int i = 0; i < request.candidates().size(); i++) {
          String id = request.candidates().get(i).document().id();
          scored.add(id);
          result.score(i, MODEL.getOrDefault(id, 0.0));
        }
        return result.build();
      };

  @Test
  void theyAreOneBeforeTheModelSeesThem() {
    SearchResult result =
        Pipeline.builder().retrieve(FUSED, 10).rerank(reranker, 4).build().search("q");
    assertThat(scored).containsExactly("c1", "c3", "c2", "c5", "c7", "c4", "c8", "c6");
    assertThat(ids(result.hits())).containsExactly("c2", "c5", "c3", "c8");
    assertThat(result.hits().getFirst().earlier())
        .startsWith(StageScore.of("vectors", 2, 0.85 - 0.05), StageScore.of("text", 5, 6.5));
  }

  @Test
  void oneForEachParentGivesFourParents() {
    Reranker parents =
        MaxP.of(reranker, passage -> String.valueOf(passage.metadata().get("parent")));
    SearchResult result =
        Pipeline.builder().retrieve(FUSED, 10).rerank(parents, 4).build().search("q");
    assertThat(scored).hasSize(8);
    assertThat(result.hits())
        .extracting(hit -> String.valueOf(hit.document().metadata().get("chunk")))
        .containsExactly("c2", "c5", "c7", "c4");
  }

  @Test
  void equalTextsOfTwoIdsStayTwo() {
    Retriever one =
        (query, k) -> List.of(Hit.of(Document.of("p#1", "the same text"), "one", 1, 1.0));
    Retriever other =
        (query, k) -> List.of(Hit.of(Document.of("p#2", "the same text"), "other", 1, 1.0));
    assertThat(ids(Fusion.rrf(one, other).retrieve("q", 5))).containsExactly("p#1", "p#2");
  }
}
