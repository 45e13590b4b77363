package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.lucene.VectorFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatIndexTest {

  /** Enough for a graph, which Lucene builds where documents > 100 · ln(documents). */
  private static final int DOCUMENTS = 700;

  private static final String WORK = "reranker.benchmarks.work";

  @TempDir private Path work;

  /** A seventh of the documents are wanted, so finding any others has a recall near 0.14. */
  @Test
  void fullVectorsFindWhatExactSearchFinds() throws IOException {
    String before = System.setProperty(WORK, work.toString());
    try (var index = FormatIndex.open(DOCUMENTS, VectorFormat.FLOAT32)) {
      assertThat(index.recall()).isGreaterThan(0.95);
      FormatIndex.Sizes sizes = index.sizes();
      assertThat(sizes.compared())
          .isEqualTo((long) DOCUMENTS * RetrievalData.DIMENSION * Float.BYTES);
      assertThat(sizes.vectors()).isBetween(sizes.compared() + 1, sizes.all() - 1);
    } finally {
      if (before == null) {
        System.clearProperty(WORK);
      } else {
        System.setProperty(WORK, before);
      }
    }
  }
}
