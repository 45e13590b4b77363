package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk with room for documents but not for a merge of them: Lucene then ends the writer. */
@Timeout(120)
class MergeFailureTest {

  private final AtomicBoolean full = new AtomicBoolean(true);
  private final AtomicInteger tries = new AtomicInteger();

  private final class NoRoomForMerges extends FilterDirectory {

    NoRoomForMerges(Directory files) {
      super(files);
    }

    @Override
    public void close() {
      // The files outlive the index, as on a disk.
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      if (context.context() == IOContext.Context.MERGE && full.get()) {
        tries.incrementAndGet();
        throw new IOException("No space left on device");
      }
      return super.createOutput(name, context);
    }
  }

  @Test
  void theNextWriteTellsAndTheMergeIsNotTriedAgain() throws IOException {
    try (var files = new ByteBuffersDirectory()) {
      LuceneIndex index = open(files);
      assertThatThrownBy(
              () -> {
                for (int i = 0; ; i++) {
                  index.add(List.of(Document.of("d" + i, "whales")));
                  index.commit();
                }
              })
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("the disk is full")
          .hasMessageContaining("No space left on device");
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(index::commit)
            .isInstanceOf(RetrievalException.class)
            .hasMessageContaining("the disk is full");
      }
      assertThat(tries).hasValueBetween(1, 3);
      int found = index.bm25().retrieve("whales", 1000).size();
      assertThat(found).as("searches go on").isPositive();
      assertThatThrownBy(index::close).hasMessageContaining("the disk is full");

      full.set(false);
      try (var again = open(files)) {
        assertThat(again.size()).as("what was committed").isGreaterThanOrEqualTo(found - 1);
        again.add(List.of(Document.of("new", "whales")));
      }
    }
  }

  private LuceneIndex open(Directory files) {
    return LuceneIndex.builder().place("the index", () -> new NoRoomForMerges(files)).build();
  }
}
