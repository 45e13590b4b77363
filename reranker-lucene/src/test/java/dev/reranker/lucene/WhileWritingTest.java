package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.MMapDirectory;
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
                List<Hit> found = retriever.retrieve("whales number7", 50);
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
    // Each of more than 60 writes made a segment, and a segment's name counts them.
    try (var directory = new MMapDirectory(folder);
        var reader = DirectoryReader.open(directory)) {
      assertThat(reader.leaves()).as("segments after merges").hasSizeLessThan(20);
    }
  }

  @Test
  void anApplicationsOwnIndexIsSearchedWhileItIsWritten() throws Exception {
    try (var directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()));
        var searchers = new SearcherManager(writer, null);
        var pool = Executors.newFixedThreadPool(2)) {
      Runnable write =
          () -> {
            try {
              for (int i = 0; i < 50; i++) {
                Document document = Document.of("d" + i, "whales number" + i);
                writer.updateDocument(new Term("key", "d" + i), OwnIndex.fields(document));
              }
              searchers.maybeRefreshBlocking();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      write.run();
      var over = LuceneRetriever.over(searchers).idField("key").text(PassageSource.stored("body"));
      List<LuceneRetriever> retrievers =
          List.of(
              over.words("body", new StandardAnalyzer()).build(),
              over.knn("embedding", new BagEmbedder()).build());
      var writing = new AtomicBoolean(true);
      Callable<Integer> search =
          () -> {
            int searches = 0;
            while (writing.get() || searches == 0) {
              for (LuceneRetriever retriever : retrievers) {
                assertThat(Texts.ids(retriever.retrieve("whales number7", 1)))
                    .containsExactly("d7");
              }
              searches++;
            }
            return searches;
          };
      List<Future<Integer>> running = List.of(pool.submit(search), pool.submit(search));
      for (int generation = 0; generation < 30; generation++) {
        write.run();
      }
      writer.forceMerge(1);
      searchers.maybeRefreshBlocking();
      writing.set(false);
      for (Future<Integer> searcher : running) {
        assertThat(searcher.get()).isPositive();
      }
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
      var closing = new CompletableFuture<Thread>();
      Future<?> close =
          pool.submit(
              () -> {
                closing.complete(Thread.currentThread());
                index.close();
              });
      while (closing.get().getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(close.isDone()).isFalse();
      assertThatThrownBy(() -> index.bm25().retrieve("whales", 1))
          .as("a new call while closing waits")
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed");
      assertThatThrownBy(index::commit).isInstanceOf(IllegalStateException.class);
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

  /** The last to hold an old searcher deletes its files, which must not cost the write lock. */
  @Test
  void anInterruptedSearchOfWhatWasReplacedHarmsNothing() throws Exception {
    var asked = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var slow = new SlowQueries(asked, goOn);
    try (var index = LuceneIndex.builder().directory(folder).embedder(slow).build();
        var pool = Executors.newFixedThreadPool(1)) {
      index.add(documents(1));
      Future<Integer> search =
          pool.submit(
              () -> {
                int found = index.knn().retrieve("whales", 100).size();
                assertThat(Thread.interrupted()).isTrue();
                return found;
              });
      asked.await();
      index.add(documents(2)); // nothing of the searcher's only segment is left
      goOn.countDown();
      assertThat(search.get()).isEqualTo(50);
      index.add(documents(3));
      index.commit();
      assertThat(index.size()).isEqualTo(50);
      assertThatThrownBy(() -> LuceneIndex.builder().directory(folder).embedder(slow).build())
          .as("the lock is still held")
          .isInstanceOf(RetrievalException.class);
    }
  }

  /** Holds a query until it may go on, then interrupts the thread that asked. */
  private record SlowQueries(BagEmbedder embedder, CountDownLatch asked, CountDownLatch goOn)
      implements WrappedEmbedder {

    SlowQueries(CountDownLatch asked, CountDownLatch goOn) {
      this(new BagEmbedder(), asked, goOn);
    }

    @Override
    public float[] embedQuery(String query) {
      asked.countDown();
      awaitUninterrupted(goOn);
      Thread.currentThread().interrupt();
      return embedder.embedQuery(query);
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
