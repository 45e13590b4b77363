package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Candidate;
import dev.reranker.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WhileWritingTest {

  @TempDir Path folder;

  private static List<Document> documents(int generation) {
    return IntStream.range(0, 50)
        .mapToObj(i -> Document.of("d" + i, "whales generation" + generation + " number" + i))
        .toList();
  }

  @Test
  void searchesSeeWholeDocumentsWhileOthersWrite() throws Exception {
    try (var index = LuceneIndex.builder().directory(folder).embedder(new BagEmbedder()).build();
        var pool = Executors.newFixedThreadPool(3)) {
      index.add(documents(0));
      var writing = new AtomicBoolean(true);
      Callable<Integer> search =
          () -> {
            int searches = 0;
            while (writing.get() || searches == 0) {
              for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
                List<Candidate> found = retriever.retrieve("whales number7", 50);
                assertThat(found).hasSize(50);
                assertThat(found).allMatch(c -> c.document().text().startsWith("whales"));
              }
              searches++;
            }
            return searches;
          };
      List<Future<Integer>> searchers = List.of(pool.submit(search), pool.submit(search));
      for (int generation = 1; generation <= 30; generation++) {
        index.add(documents(generation));
        index.add(List.of(Document.of("passing", "whales passing")));
        index.delete(List.of("passing"));
        index.commit();
      }
      writing.set(false);
      for (Future<Integer> searcher : searchers) {
        assertThat(searcher.get()).isPositive();
      }
      assertThat(index.size()).isEqualTo(50);
    }
  }

  @Test
  void closeWaitsForTheCallInFlight() throws Exception {
    var adding = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    LuceneIndex index =
        LuceneIndex.builder()
            .directory(folder)
            .batchSize(10)
            .listener(
                (done, total) -> {
                  adding.countDown();
                  awaitUninterrupted(goOn);
                })
            .build();
    try (var pool = Executors.newFixedThreadPool(2)) {
      Future<?> add = pool.submit(() -> index.add(documents(0)));
      adding.await();
      Future<?> close = pool.submit(index::close);
      goOn.countDown();
      add.get();
      close.get();
    }
    try (var again = LuceneIndex.builder().directory(folder).build()) {
      assertThat(again.size()).isEqualTo(50);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anInterruptHarmsNothing() {
    try (var index = LuceneIndex.builder().directory(folder).embedder(new BagEmbedder()).build()) {
      Thread.currentThread().interrupt();
      index.add(documents(1));
      index.commit();
      index.delete(List.of("d0"));
      index.refresh();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(index.bm25().retrieve("whales", 100)).hasSize(49);
      assertThat(index.knn().retrieve("whales", 100)).hasSize(49);
      assertThat(Thread.interrupted()).isTrue();
      index.add(documents(2));
      assertThat(index.size()).isEqualTo(50);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void openingAndClosingOnAnInterruptedThreadWorks() {
    Thread.currentThread().interrupt();
    try (var index = LuceneIndex.builder().directory(folder).build()) {
      index.add(documents(1));
    }
    assertThat(Thread.interrupted()).isTrue();
    try (var index = LuceneIndex.builder().directory(folder).build()) {
      assertThat(index.size()).isEqualTo(50);
    }
  }

  @Test
  void closingFromWithinACallIsRefused() {
    var indexes = new ArrayList<LuceneIndex>();
    try (var index =
        LuceneIndex.builder()
            .inMemory()
            .listener((done, total) -> indexes.get(0).close())
            .build()) {
      indexes.add(index);
      assertThatThrownBy(() -> index.add(documents(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("close was called from within a call");
    }
  }
}
