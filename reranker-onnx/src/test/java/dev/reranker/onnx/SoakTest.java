package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory is given back: tensors, encodings, buffers. */
class SoakTest {

  private static final int WARM_UP = 1000;
  private static final int CALLS = 3000;

  /** What the allocator may still take: 0.7 KB a call, less than the smallest tensor leaks. */
  private static final long LIMIT_KB = 2 * 1024;

  @Test
  void residentMemoryStaysWhereItIsOverThousandsOfCalls(@TempDir Path directory) {
    ResidentMemory.assumeKnown();
    new TinyModel().in(directory);

    // The heap is touched at the start and the optimising compiler, which takes memory when it
    // likes, is off: what grows is native memory of the libraries.
    String printed =
        ChildJvm.of(Child.class)
            .flags("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1")
            .run(directory.toString());

    long[] kilobytes =
        Arrays.stream(printed.strip().split(" ")).mapToLong(Long::parseLong).toArray();
    System.out.printf("Resident memory over %d calls: %s KB%n", CALLS, printed.strip());
    assertThat(kilobytes[1] - kilobytes[0])
        .as("KB more after %d calls", CALLS)
        .isLessThan(LIMIT_KB);
  }

  static final class Child {
    public static void main(String[] arguments) {
      var texts = new RandomText(new Random(1));
      try (var reranker =
          OnnxReranker.builder()
              .model(ModelSource.directory(Path.of(arguments[0])))
              .threads(2)
              .build()) {
        run(reranker, texts, WARM_UP);
        long before = ResidentMemory.kilobytes();
        run(reranker, texts, CALLS);
        System.out.println(before + " " + ResidentMemory.kilobytes());
      }
    }

    private static void run(OnnxReranker reranker, RandomText texts, int calls) {
      for (int call = 0; call < calls; call++) {
        int length = call % 60;
        List<String> passages =
            IntStream.range(0, 5).mapToObj(i -> texts.words(length + i)).toList();
        reranker.score("how do whales sleep", passages);
      }
    }
  }
}
