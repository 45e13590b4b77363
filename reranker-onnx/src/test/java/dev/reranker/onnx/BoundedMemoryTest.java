package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
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
    compare(directory, Child.WORDS, 200, 2000);
  }

  /** Of Chinese, of which each character is a token and far more is read than is kept. */
  @Test
  void thirtyTimesTheChinesePassagesTakeHardlyMoreMemory(@TempDir Path directory) {
    compare(directory, Child.CHINESE, 100, 3000);
  }

  private static void compare(Path directory, String texts, int few, int many) {
    ResidentMemory.assumeKnown();
    new TinyModel().in(directory);

    long withFew = peakKilobytes(directory, texts, few);
    long withMany = peakKilobytes(directory, texts, many);

    System.out.printf(
        "Peak memory, %s: %d passages %,d KB, %d passages %,d KB%n",
        texts, few, withFew, many, withMany);
    assertThat(withMany - withFew)
        .as("KB more for %d passages than for %d", many, few)
        .isLessThan(LIMIT_KB);
  }

  /**
   * In a JVM of its own, since a peak never falls. Its heap is small and resident from the
   * beginning: otherwise tokenizing's short-lived objects lie until the heap is full, and the peak
   * would tell the heap's size. What was held for each passage would not fit into it; one batch of
   * all passages would need 500 MB beside it.
   */
  private static long peakKilobytes(Path directory, String texts, int passages) {
    String printed =
        ChildJvm.of(Child.class)
            .flags("-Xms48m", "-Xmx48m", "-XX:+AlwaysPreTouch")
            .run(directory.toString(), texts, Integer.toString(passages));
    return Long.parseLong(printed.strip());
  }

  static final class Child {

    static final String WORDS = "words";
    static final String CHINESE = "chinese";

    public static void main(String[] arguments) {
      int count = Integer.parseInt(arguments[2]);
      List<String> passages =
          arguments[1].equals(WORDS) ? words(new RandomText(new Random(1)), count) : chinese(count);
      try (var reranker =
          OnnxReranker.builder()
              .model(ModelSource.directory(Path.of(arguments[0])))
              .threads(2)
              .build()) {
        var report = reranker.rerank("how do whales sleep", passages).report();
        if (report.tokens() != (long) TOKENS * passages.size()) {
          throw new IllegalStateException("the passages have " + report.tokens() + " tokens");
        }
      }
      System.out.println(ResidentMemory.peakKilobytes());
    }

    private static List<String> words(RandomText texts, int count) {
      return IntStream.range(0, count).mapToObj(i -> texts.words(TOKENS)).toList();
    }

    /** A few long texts, many times, so that the texts themselves take no memory. */
    private static List<String> chinese(int count) {
      List<String> few = IntStream.range(0, 10).mapToObj(i -> chinese(new Random(i))).toList();
      return IntStream.range(0, count).mapToObj(i -> few.get(i % few.size())).toList();
    }

    private static String chinese(Random random) {
      var text = new StringBuilder();
      random.ints(5000, 0x4e00, 0x9fa6).forEach(text::appendCodePoint);
      return text.toString();
    }
  }
}
