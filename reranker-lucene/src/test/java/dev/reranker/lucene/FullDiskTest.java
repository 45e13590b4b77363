package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.Test;

/** A disk that fills up while documents are added. */
class FullDiskTest {

  /** Takes a number of bytes more and fails as a full disk does. */
  private static final class SmallDisk extends FilterDirectory {

    private final AtomicLong free;

    SmallDisk(Directory directory, AtomicLong free) {
      super(directory);
      this.free = free;
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      return new FilterIndexOutput("small disk", name, super.createOutput(name, context)) {
        @Override
        public void writeByte(byte b) throws IOException {
          take(1);
          super.writeByte(b);
        }

        @Override
        public void writeBytes(byte[] b, int offset, int length) throws IOException {
          take(length);
          super.writeBytes(b, offset, length);
        }
      };
    }

    private void take(int bytes) throws IOException {
      if (free.addAndGet(-bytes) < 0) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void close() {
      // The files outlive the index, as on a disk.
    }
  }

  private static List<Document> documents(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Document.of("d" + i, "whales d" + i)).toList();
  }

  @Test
  void theLastCommitStaysReadable() throws IOException {
    var random = new Random(Texts.seed());
    for (int round = 0; round < 30; round++) {
      try (var files = new ByteBuffersDirectory()) {
        fillUp(random, files);
      }
    }
  }

  private static void fillUp(Random random, Directory files) {
    var free = new AtomicLong(Long.MAX_VALUE);
    var builder =
        LuceneIndex.builder()
            .embedder(new BagEmbedder())
            .place("the index", () -> new SmallDisk(files, free));
    int committed = 1 + random.nextInt(50);
    LuceneIndex index = builder.build();
    index.add(documents(0, committed));
    index.commit();
    free.set(random.nextInt(5_000));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 200; i++) {
                index.add(documents(1000 + 10 * i, 1010 + 10 * i));
                index.commit();
              }
            })
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the index: the disk is full; free some space")
        .hasMessageContaining("open it again: the last commit is unharmed")
        .hasMessageContaining("No space left on device");
    assertThat(index.bm25().retrieve("d0", 1)).as("searches go on").hasSize(1);
    assertThatThrownBy(() -> index.add(documents(0, 1)))
        .as("the writer is stopped, and says why")
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the disk is full");
    closeQuietly(index);
    try (var reader = DirectoryReader.open(files)) {
      assertThat(reader.numDocs()).as("still full").isGreaterThanOrEqualTo(committed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    free.set(Long.MAX_VALUE);
    try (var again = builder.build()) {
      assertThat(again.size()).isGreaterThanOrEqualTo(committed);
      for (Document document : documents(0, committed)) {
        assertThat(Texts.ids(again.bm25().retrieve(document.id(), 1)))
            .containsExactly(document.id());
      }
      again.add(documents(5000, 5010));
    }
  }

  /** Whether the last commit still succeeds depends on where the disk filled up. */
  private static void closeQuietly(LuceneIndex index) {
    try {
      index.close();
    } catch (RetrievalException e) {
      assertThat(e).hasMessageContaining("the disk is full");
    }
    assertThatThrownBy(index::size).isInstanceOf(IllegalStateException.class);
  }
}
