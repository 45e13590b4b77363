package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** {@code System.exit} in the middle of calls, nothing closed: an orderly end, not a crash. */
class ExitWhileRunningTest {

  private static final int THREADS = 8;
  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES =
      List.of("the whale sleeps ".repeat(100), "the whale sings", "the whale dives ".repeat(50));

  @TempDir private Path directory;

  @RepeatedTest(5)
  void theJvmEndsInOrder() {
    new TinyModel().in(directory);
    assertThat(ChildJvm.of(Child.class).run(directory.toString())).isEmpty();
  }

  /** As a web server does, which ends when the requests under way were answered. */
  @RepeatedTest(3)
  void modelsRunAndLoadUntilTheLastHookIsOver() {
    new TinyModel().in(directory);
    assertThat(ChildJvm.of(Draining.class).run(directory.toString()))
        .isEqualToIgnoringNewLines("[the same scores, the same from a model loaded in a hook]");
  }

  private static OnnxReranker load(String directory) {
    return OnnxReranker.builder()
        .model(ModelSource.directory(Path.of(directory)))
        .threads(3)
        .build();
  }

  private static void scoreOn(OnnxReranker reranker) throws InterruptedException {
    var answered = new CountDownLatch(THREADS * 10);
    for (int i = 0; i < THREADS; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                while (true) {
                  reranker.score(QUERY, PASSAGES);
                  answered.countDown();
                }
              });
    }
    answered.await();
  }

  static final class Child {
    public static void main(String[] arguments) throws InterruptedException {
      scoreOn(load(arguments[0]));
      System.exit(0);
    }
  }

  static final class Draining {

    private static final long DRAINED_MILLIS = 1000;

    public static void main(String[] arguments) throws InterruptedException {
      OnnxReranker reranker = load(arguments[0]);
      float[] scores = reranker.score(QUERY, PASSAGES);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(reranker, scores, arguments[0])));
      scoreOn(reranker);
      System.exit(0);
    }

    private static void drain(OnnxReranker reranker, float[] scores, String directory) {
      long end = System.nanoTime() + DRAINED_MILLIS * 1_000_000;
      boolean same = true;
      boolean sameLoaded = true;
      while (System.nanoTime() < end) {
        same &= isClose(scores, reranker.score(QUERY, PASSAGES));
        try (OnnxReranker loaded = load(directory)) {
          sameLoaded &= isClose(scores, loaded.score(QUERY, PASSAGES));
        }
      }
      System.out.println(
          List.of(
              same ? "the same scores" : "other scores",
              sameLoaded ? "the same from a model loaded in a hook" : "others from a hook's"));
    }

    /** Batches that callers share are padded to other lengths, which rounds otherwise. */
    private static boolean isClose(float[] expected, float[] scores) {
      return IntStream.range(0, expected.length)
          .allMatch(i -> Math.abs(expected[i] - scores[i]) < 1e-5);
    }
  }
}
