package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory follows the batch budget, not the length of the list. */
class BoundedMemoryTest {

  private static final int TOKENS = 512;
  private static final long LIMIT_KB = 32 * 1024;

  @Test
  void tenTimesThePassagesTakeHardlyMoreMemory(@TempDir Path directory) {
    ResidentMemory.assumeKnown();
    new TinyModel().in(directory);

    long few = peakKilobytes(directory, 200);
    long many = peakKilobytes(directory, 2000);

    System.out.printf("Peak memory: 200 passages %,d KB, 2000 passages %,d KB%n", few, many);
    assertThat(many - few).as("KB more for 2000 passages than for 200").isLessThan(LIMIT_KB);
  }

  /**
   * In a JVM of its own, since a peak never falls. Its heap is kept modest: in a large one the
   * collector lets tokenizing's short-lived objects lie until the heap is full, and the peak would
   * tell the heap's size. One batch of all passages would need 500 MB beside the heap.
   */
  private static long peakKilobytes(Path directory, int passages) {
    String printed =
        ChildJvm.of(Child.class)
            .flags("-Xmx64m")
            .run(directory.toString(), Integer.toString(passages));
    return Long.parseLong(printed.strip());
  }

  static final class Child {
    public static void main(String[] arguments) {
      var texts = new RandomText(new Random(1));
      List<String> passages =
          IntStream.range(0, Integer.parseInt(arguments[1]))
              .mapToObj(i -> texts.words(TOKENS))
              .toList();
      try (var reranker =
          OnnxReranker.builder()
              .model(ModelSource.directory(Path.of(arguments[0])))
              .threads(2)
              .build()) {
        var stats = reranker.rerank("how do whales sleep", passages).report();
        if (stats.tokens() != (long) TOKENS * passages.size()) {
          throw new IllegalStateException("the passages have " + stats.tokens() + " tokens");
        }
      }
      System.out.println(ResidentMemory.peakKilobytes());
    }
  }
}
