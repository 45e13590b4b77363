package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing in the middle of calls from many threads: native memory is never used after release. */
class CloseWhileRunningTest {

  private static final int ROUNDS = 30;
  private static final int THREADS = 8;

  @Test
  void callsSucceedOrSayClosedAndTheJvmLives(@TempDir Path directory) {
    new TinyModel().in(directory);
    assertThat(ChildJvm.of(Child.class).flags("-Xmx512m").run(directory.toString()).strip())
        .matches("[1-9]\\d* calls answered, " + ROUNDS * THREADS + " refused");
  }

  static final class Child {

    public static void main(String[] arguments) throws Exception {
      ModelSource model = ModelSource.directory(Path.of(arguments[0]));
      long answered = 0;
      try (ExecutorService callers = Executors.newFixedThreadPool(THREADS)) {
        for (int round = 0; round < ROUNDS; round++) {
          answered += round(model, callers);
        }
      }
      System.out.println(answered + " calls answered, " + ROUNDS * THREADS + " refused");
    }

    private static long round(ModelSource model, ExecutorService callers) throws Exception {
      OnnxReranker reranker = OnnxReranker.builder().model(model).threads(3).build();
      var underWay = new CountDownLatch(THREADS);
      Callable<Long> caller = () -> untilClosed(reranker, underWay);
      List<Future<Long>> calls =
          IntStream.range(0, THREADS).mapToObj(i -> callers.submit(caller)).toList();
      underWay.await();
      reranker.close();
      long answered = 0;
      for (Future<Long> call : calls) {
        answered += call.get();
      }
      return answered;
    }

    private static long untilClosed(OnnxReranker reranker, CountDownLatch underWay) {
      for (long answered = 0; ; answered++) {
        underWay.countDown();
        try {
          float[] logits = reranker.score("how do whales sleep", List.of("a", "b c", "d e f"));
          if (logits.length != 3) {
            throw new AssertionError(logits.length + " logits for 3 passages");
          }
        } catch (IllegalStateException e) {
          if (!String.valueOf(e.getMessage()).contains("closed")) {
            throw e;
          }
          return answered;
        }
      }
    }
  }
}
