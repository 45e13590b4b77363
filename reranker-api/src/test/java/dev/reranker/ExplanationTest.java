package dev.reranker;

import static dev.reranker.Fixed.failing;
import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.RetrievalException;
import dev.reranker.resilience.CircuitBreaker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private final AtomicLong time = new AtomicLong();

  private final Retriever first =
      Retriever.of(
          "bm25",
          (query, k, context) -> {
            time.addAndGet(Duration.ofMillis(4).toNanos());
            return retriever("bm25", hit("a", 21), hit("b", 20), hit("c", 19), hit("d", 18))
                .retrieve(query, k, context);
          });

  private final Reranker late =
      Reranker.of(
          "model",
          (Reranker)
              request -> {
                time.addAndGet(Duration.ofMillis(30).toNanos());
                return RerankResult.builder(request, "model")
                    .score(0, 0.25, -1.5)
                    .score(1, 0.75, 1.5)
                    .truncated(1)
                    .prepared(1)
                    .tokens(90, 100)
                    .waited(Duration.ofMillis(10))
                    .pastDeadline()
                    .build();
              });

  @Test
  void itTellsWhatEachStageDid() {
    Pipeline pipeline =
        Pipeline.builder().clock(time::get).retrieve(first, 10).rerank(late, 3).build();
    assertThat(pipeline.search("how do whales sleep").explain())
        .isEqualTo(
            """
            search 'how do whales sleep': 3 hits, NOT COMPLETE, 34 ms
            stage 1, bm25: 4 candidates, 4.0 ms
            stage 2, model: 3 candidates, 2 scored, 2 not scored, 1 cut, 1 prepared, 90 tokens (10 % padding), 30 ms (10 ms of it
                waiting), deadline, 1 not handed on
            #1 b "b": bm25 #2 20.0000, model #1 0.7500 (raw 1.5000) (cut)
            #2 a "a": bm25 #1 21.0000, model #2 0.2500 (raw -1.5000)
            #3 c "c": bm25 #3 19.0000, model #3 (not scored)
            """);
  }

  @Test
  void itTellsWhatWasLeftOutAndWhy() {
    StageReport gone =
        StageReport.builder("disk").failed(new RetrievalException("no\nsuch file")).build();
    StageReport good = StageReport.builder("bm25").candidates(1).build();
    StageReport fused = StageReport.builder("rrf").candidates(1).parts(List.of(gone, good)).build();
    Document document = Document.of("a", "\ud83d\udc0b".repeat(60) + "\n");
    SearchResult result =
        SearchResult.of("q\r\nq", List.of(Hit.of(document, "rrf", 1, 1)), List.of(fused));
    assertThat(result.explain())
        .isEqualTo(
            """
            search 'q  q': 1 hit, NOT COMPLETE, 0.0 ms
            stage 1, rrf: 1 candidates, 0.0 ms
              asked disk: 0 candidates, 0.0 ms, failed
                since: RetrievalException, no such file
              asked bm25: 1 candidates, 0.0 ms
            #1 a "%s…": rrf #1 1.0000
            """
                .formatted("\ud83d\udc0b".repeat(19)));
  }

  @Test
  void aSearchOfFailuresIsReadableToo() {
    Retriever robust =
        Fusion.builder()
            .retriever(first)
            .retriever(failing("disk", new RetrievalException("gone")))
            .onFailure(FailurePolicy.CONTINUE)
            .build();
    String explained =
        Pipeline.builder()
            .retrieve(robust, 3)
            .build()
            .search(SearchRequest.of("q").withOffset(1).withTopN(1))
            .explain();
    assertThat(explained)
        .contains(
            "'q': 1 hit of 3, NOT COMPLETE",
            "since: RetrievalException, retriever 'disk' of 'rrf' failed: gone")
        .contains("#2 b");
  }

  @Test
  void itTellsThatABreakerIsOpen() {
    Reranker broken =
        Reranker.of(
            "model",
            (Reranker)
                request -> {
                  throw new UnsupportedOperationException();
                });
    CircuitBreaker breaker =
        CircuitBreaker.builder().window(1).leastCalls(1).clock(time::get).build();
    Pipeline pipeline =
        Pipeline.builder()
            .clock(time::get)
            .retrieve(retriever("bm25", hit("a", 21), hit("b", 20)), 10)
            .rerank(breaker.around(broken), 1)
            .build();
    String failed = pipeline.search("q").explain();
    assertThat(failed).contains("failed, 1 not handed on\n  since: java.lang.Unsupported");
    assertThat(pipeline.search("q").explain())
        .isEqualTo(
            """
            search 'q': 1 hit, NOT COMPLETE, 0.0 ms
            stage 1, bm25: 2 candidates, 0.0 ms
            stage 2, model: 1 candidates, 0 scored, 2 not scored, 0.0 ms, failed, 1 not handed on
              since: BreakerOpenException, the circuit breaker of reranker 'model' is open, after too many faults: it tries again in
                  10.000 s
            #1 a "a": bm25 #1 21.0000, model #1 (not scored)
            """);
  }

  @Test
  void noLineIsLong() {
    String word = "word ".repeat(100);
    String endless = "x".repeat(1000);
    StageReport report =
        StageReport.builder(endless).failed(new RetrievalException(word + endless)).build();
    List<Hit> hits = List.of(Hit.of(Document.of(endless, word), word + endless, 1, 1));
    String explained = SearchResult.of(endless, hits, List.of(report)).explain();
    assertThat(explained.lines()).allMatch(line -> line.length() <= 120).hasSizeGreaterThan(20);
  }
}
