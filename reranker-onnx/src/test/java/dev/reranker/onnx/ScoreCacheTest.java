package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.SearchContext;
import dev.reranker.StageReport;
import dev.reranker.cache.CachedScore;
import dev.reranker.cache.CaffeineScoreCache;
import dev.reranker.cache.ScoreCache;
import dev.reranker.cache.ScoreKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCacheTest {

  private static final String QUERY = "blue heron nest";
  private static final String LONG =
      String.join(" ", IntStream.range(0, 300).mapToObj(i -> "word" + i).toList());

  private final CaffeineScoreCache cache = CaffeineScoreCache.ofMost(1000);

  private OnnxReranker.Builder builder(Path directory) {
    return OnnxReranker.builder()
        .model(new TinyModel().in(directory))
        .maxLength(64)
        .threads(1)
        .scoreCache(cache);
  }

  /** Scores a passage; returns how many scores came from the cache. */
  private static int scored(OnnxReranker reranker, String query, String passage) {
    return reranker.rerank(query, List.of(passage)).report().cached();
  }

  @Test
  void whatChangesAScoreIsAnotherKey(@TempDir Path directory) {
    try (var one = builder(directory.resolve("a/model")).build();
        var other = builder(directory.resolve("b/model")).maxLength(128).build();
        var instructed = builder(directory.resolve("c/model")).queryPrompt("Rank: ").build();
        var logits =
            builder(directory.resolve("d/model")).activation(Activation.IDENTITY).build()) {
      assertThat(scored(one, QUERY, LONG)).as("first").isZero();
      assertThat(scored(one, QUERY, LONG)).as("again").isOne();
      assertThat(scored(other, QUERY, LONG)).as("another length").isZero();
      assertThat(scored(instructed, QUERY, LONG)).as("another instruction").isZero();
      assertThat(scored(one, "Blue heron nest ", LONG)).as("another query").isZero();
      assertThat(scored(one, "a|b", "c")).isZero();
      assertThat(scored(one, "a", "b|c")).isZero();
      assertThat(scored(one, "ab", "c")).isZero();
      assertThat(scored(one, "a", "bc")).isZero();
      assertThat(scored(one, "c", "a|b")).as("swapped").isZero();
      assertThat(scored(logits, QUERY, LONG)).as("another form of the same logit").isOne();
      assertThat(scored(one, QUERY, "caf\u00e9 on the pier")).isZero();
      assertThat(scored(one, QUERY, "cafe\u0301 on the pier")).isZero();
      assertThat(scored(one, QUERY, "\ud83d")).isZero();
      assertThat(scored(one, QUERY, "\ufffd")).as("what a lone surrogate counts as").isZero();
      assertThat(scored(one, QUERY, LONG)).as("the first again").isOne();
    }
  }

  @Test
  void anAnswerIsToTheBitTheOneWithoutACache(@TempDir Path directory) {
    Random random = Seeds.print(ScoreCacheTest.class);
    try (var cached = builder(directory.resolve("a")).build();
        var bare =
            OnnxReranker.builder()
                .model(new TinyModel().in(directory.resolve("b")))
                .maxLength(64)
                .threads(1)
                .build()) {
      int found = 0;
      for (int round = 0; round < 60; round++) {
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
          int kind = random.nextInt(12);
          String text = "ocean whales ".repeat(1 + kind * kind);
          hits.add(Hit.of(Document.of("d" + i, text), "first", i + 1, -i));
        }
        RerankRequest request = RerankRequest.of("whales " + random.nextInt(3), hits);
        RerankResult with = cached.rerank(request);
        RerankResult without = bare.rerank(request);
        found += with.report().cached();
        assertThat(with.hits()).hasSameSizeAs(without.hits());
        for (Hit mine : with.hits()) {
          Hit other =
              without.hits().stream()
                  .filter(hit -> hit.index() == mine.index())
                  .findFirst()
                  .orElseThrow();
          assertThat(mine.raw().orElseThrow()).isCloseTo(other.raw().orElseThrow(), within(1e-5));
          assertThat(mine.truncated()).isEqualTo(other.truncated());
        }
        RerankResult again = cached.rerank(request);
        assertThat(again.report().cached()).isEqualTo(hits.size());
        assertThat(again.report().tokens()).as("nothing was computed").isZero();
        assertThat(again.hits())
            .extracting(Hit::raw)
            .isEqualTo(with.hits().stream().map(Hit::raw).toList());
      }
      assertThat(found).isPositive();
      assertThat(cache.statistics().hits()).isGreaterThan(found);
      assertThat(cache.statistics().hitRate()).isBetween(0.3, 1.0);
    }
  }

  @Test
  void whatWasPreparedIsAnotherKeyThanItsText() {
    try (var reranker = OnnxReranker.builder().scoreCache(cache).threads(1).build()) {
      Document bare = Document.of("a", "a heron by the river");
      Document prepared = bare.withPrepared(reranker.prepare(List.of(bare.text())).get(0).bytes());
      for (Document document : List.of(bare, prepared)) {
        RerankRequest request = RerankRequest.of(QUERY, List.of(Hit.of(document, "first", 1, 1)));
        assertThat(reranker.rerank(request).report().cached()).isZero();
        StageReport again = reranker.rerank(request).report();
        assertThat(again.cached()).isOne();
        assertThat(again.toString()).contains("1 from the cache");
      }
    }
  }

  @Test
  void whatADeadlineCutIsNotKept(@TempDir Path directory) {
    try (var reranker = builder(directory).build()) {
      SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
      RerankRequest request = RerankRequest.ofTexts(QUERY, List.of(LONG, "short"));
      assertThat(reranker.rerank(request.withContext(late)).report().scored()).isZero();
      assertThat(cache.statistics().size()).isZero();
      assertThat(reranker.rerank(request).report().cached()).isZero();
      assertThat(reranker.rerank(request.withContext(late)).report().scored())
          .as("what is kept costs no time")
          .isEqualTo(2);
    }
  }

  @Test
  void aCacheThatFailsCostsNoAnswer(@TempDir Path directory) {
    ScoreCache broken =
        new ScoreCache() {
          @Override
          public @Nullable CachedScore get(ScoreKey key) {
            throw new UnsupportedOperationException("broken");
          }

          @Override
          public void put(ScoreKey key, CachedScore score) {
            throw new UnsupportedOperationException("broken");
          }

          @Override
          public Statistics statistics() {
            return new Statistics(0, 0, 0);
          }
        };
    try (var reranker = builder(directory).scoreCache(broken).build()) {
      assertThat(reranker.rerank(QUERY, List.of("a", "b")).report().scored()).isEqualTo(2);
    }
  }
}
