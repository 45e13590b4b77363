package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.Reranker;
import dev.reranker.error.RetrievalException;
import dev.reranker.testkit.RerankerContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LateInteractionTest extends RerankerContract {

  private static final WordsEmbedder WORDS = new WordsEmbedder();

  @TempDir Path folder;

  private final LuceneIndex index =
      LuceneIndex.builder().inMemory().tokenEmbedder(WORDS).batchSize(7).build();

  @Override
  protected Reranker open() {
    return index.lateInteraction();
  }

  @AfterEach
  void close() {
    index.close();
  }

  /** For each word of the query the best (1 + cosine) / 2 among the passage's, summed up. */
  private static double maxSim(String query, String passage) {
    double sum = 0;
    for (float[] q : WORDS.embedQueryTokens(query)) {
      double best = 0;
      for (float[] p : WORDS.embedQueryTokens(passage)) {
        double dot = 0;
        for (int i = 0; i < q.length; i++) {
          dot += (double) q[i] * p[i];
        }
        best = Math.max(best, (1 + dot) / 2);
      }
      sum += best;
    }
    return sum;
  }

  @Test
  void itComputesMaxSimWhetherIndexedOrNot() {
    var random = new Random(Texts.seed());
    Map<String, Document> known = new HashMap<>();
    for (int step = 0; step < 5; step++) {
      List<Document> batch = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        batch.add(Document.of("d" + random.nextInt(60), Texts.random(random, 40)));
      }
      index.add(batch);
      batch.forEach(document -> known.put(document.id(), document));
      String gone = "d" + random.nextInt(60);
      index.delete(List.of(gone));
      known.remove(gone);
    }
    List<Document> candidates = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      candidates.add(known.getOrDefault("d" + i, Document.of("d" + i, Texts.random(random, 40))));
    }
    try (var reranker = open()) {
      for (int round = 0; round < 20; round++) {
        String query = Texts.random(random, 40);
        List<Hit> ranked = reranker.rerank(RerankRequest.ofDocuments(query, candidates)).hits();
        assertThat(ranked)
            .hasSize(60)
            .isSortedAccordingTo(Comparator.comparingDouble(Hit::score).reversed());
        int words = query.split(" ", -1).length;
        for (Hit hit : ranked) {
          double expected = maxSim(query, hit.document().text());
          assertThat(hit.raw().orElseThrow()).isCloseTo(expected, within(1e-5));
          assertThat(hit.score()).isCloseTo(expected / words, within(1e-5));
        }
      }
    }
  }

  @Test
  void itIsAStageOfAPipeline() {
    index.add(Texts.WHALES);
    try (var crossEncoder = new OverlapReranker()) {
      var pipeline =
          Pipeline.builder()
              .retrieve(index.bm25(), 6)
              .rerank(index.lateInteraction(), 3)
              .rerank(crossEncoder, 1)
              .build();
      Hit best = pipeline.search("whales sleep").hits().get(0);
      assertThat(best.document().id()).isEqualTo("a");
      assertThat(best.earlier())
          .extracting(stage -> stage.stage())
          .containsExactly("bm25", "late-interaction");
    }
  }

  @Test
  void aTextWithoutTokensScoresZero() {
    index.add(List.of(Document.of("empty", ""), Document.of("a", "whales")));
    try (var reranker = open()) {
      List<Hit> ranked =
          reranker
              .rerank(
                  RerankRequest.ofDocuments(
                      "whales", List.of(Document.of("empty", ""), Document.of("a", "whales"))))
              .hits();
      assertThat(ranked).extracting(d -> d.document().id()).containsExactly("a", "empty");
      assertThat(ranked.get(1).raw()).hasValue(0);
      assertThat(reranker.rerank("?!", List.of("x", "y")).hits())
          .as("a query without tokens keeps first-stage order")
          .extracting(Hit::index)
          .containsExactly(0, 1);
    }
  }

  @Test
  void theModelBelongsToTheIndex() {
    try (var own = LuceneIndex.builder().directory(folder).tokenEmbedder(WORDS).build()) {
      own.add(Texts.WHALES);
    }
    var other = new WordsEmbedder("other", 16);
    assertThatThrownBy(() -> LuceneIndex.builder().directory(folder).tokenEmbedder(other).build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("was made with token embedder 'words' (dimension 16)")
        .hasMessageContaining("not with token embedder 'other' (dimension 16)");
    try (var words = LuceneIndex.builder().directory(folder).build()) {
      assertThatThrownBy(words::lateInteraction)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("open without a token embedder");
      assertThatThrownBy(() -> words.add(Texts.WHALES))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was made with token embedder 'words'");
    }
  }
}
