package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The caller's list is the caller's: read once, in the caller's thread. */
class CallersListTest {

  @TempDir private Path directory;

  /** As an ORM's lists are: bound to a thread, each read a query. */
  private static final class Bound extends AbstractList<String> {

    private final Thread owner = Thread.currentThread();
    private final int[] reads = new int[100];

    @Override
    public String get(int index) {
      if (Thread.currentThread() != owner) {
        throw new IllegalStateException("read by " + Thread.currentThread());
      }
      reads[index]++;
      return "ocean " + index;
    }

    @Override
    public int size() {
      return reads.length;
    }
  }

  @Test
  void aRerankerReadsItOnce() {
    try (var reranker = OnnxReranker.builder().model(new TinyModel().in(directory)).build()) {
      var list = new Bound();
      assertThat(reranker.score("whale", list)).hasSize(100);
      assertThat(list.reads).containsOnly(1);
      list = new Bound();
      assertThat(reranker.rerank("whale", list).hits()).hasSize(100);
      assertThat(list.reads).containsOnly(1);
    }
  }

  @Test
  void anEmbedderReadsItOnce() {
    ModelSource model = new TinyModel().head(TinyModel.Head.SENTENCE).in(directory);
    try (var embedder = OnnxEmbedder.builder().model(model).build()) {
      var list = new Bound();
      assertThat(embedder.embedPassages(list)).hasSize(100);
      assertThat(list.reads).containsOnly(1);
      assertThatThrownBy(() -> embedder.embedPassages(Arrays.asList("a", null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("passage 1 of 2 is null");
    }
  }

  @Test
  void aMultiVectorEmbedderReadsItOnce() {
    ModelSource model = new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    try (var embedder = OnnxMultiVectorEmbedder.builder().model(model).build()) {
      var list = new Bound();
      assertThat(embedder.embedPassageTokens(list)).hasSize(100);
      assertThat(list.reads).containsOnly(1);
      assertThatThrownBy(() -> embedder.embedPassageTokens(Collections.singletonList(null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("passage 0 of 1 is null");
    }
  }
}
