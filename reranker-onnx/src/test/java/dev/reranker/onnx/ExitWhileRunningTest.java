package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** {@code System.exit} in the middle of calls, nothing closed: an orderly end, not a crash. */
class ExitWhileRunningTest {

  private static final int THREADS = 8;

  @RepeatedTest(5)
  void theJvmEndsInOrder(@TempDir Path directory) {
    new TinyModel().in(directory);
    assertThat(ChildJvm.of(Child.class).run(directory.toString())).isEmpty();
  }

  static final class Child {
    public static void main(String[] arguments) throws InterruptedException {
      OnnxReranker reranker =
          OnnxReranker.builder()
              .model(ModelSource.directory(Path.of(arguments[0])))
              .threads(3)
              .build();
      String passage = "the whale sleeps ".repeat(100);
      var answered = new CountDownLatch(THREADS * 10);
      for (int i = 0; i < THREADS; i++) {
        Thread.ofPlatform()
            .start(
                () -> {
                  while (true) {
                    reranker.score("how do whales sleep", List.of(passage, passage, passage));
                    answered.countDown();
                  }
                });
      }
      answered.await();
      System.exit(0);
    }
  }
}
