package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.CancelledException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupted callers, as a pool's shutdownNow or a cancelled request leaves them. */
class InterruptTest {

  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES = List.of("a whale sleeps", "the ocean is deep");
  private static final int CALLERS = 8;

  private OnnxReranker reranker;

  @BeforeEach
  void open(@TempDir Path directory) {
    reranker = OnnxReranker.builder().model(new TinyModel().in(directory)).threads(2).build();
  }

  @AfterEach
  void close() {
    Thread.interrupted();
    reranker.close();
  }

  @Test
  void theCallerIsToldAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> reranker.score(QUERY, PASSAGES))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void theNextCallGetsItsScores() {
    float[] expected = reranker.score(QUERY, PASSAGES);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> reranker.score(QUERY, PASSAGES))
        .isInstanceOf(CancelledException.class);
    Thread.interrupted();
    assertThat(reranker.score(QUERY, PASSAGES)).isEqualTo(expected);
  }

  @Test
  void interruptsInTheMiddleOfRunsHurtNobodyElse() throws Exception {
    float[] expected = reranker.score(QUERY, PASSAGES);
    var underWay = new CountDownLatch(CALLERS);
    Callable<String> caller =
        () -> {
          while (true) {
            try {
              reranker.score(QUERY, List.of("long ".repeat(400), "long ".repeat(300)));
              underWay.countDown();
            } catch (CancelledException e) {
              return e.getMessage();
            }
          }
        };
    ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
    var calls = new ArrayList<Future<String>>();
    for (int i = 0; i < CALLERS; i++) {
      calls.add(pool.submit(caller));
    }
    underWay.await();
    pool.shutdownNow();
    for (Future<String> call : calls) {
      assertThat(call.get()).contains("interrupted");
    }
    assertThat(reranker.score(QUERY, PASSAGES)).isEqualTo(expected);
  }
}
