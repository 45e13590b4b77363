package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.InferenceException;
import dev.reranker.testkit.ChildJvm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that there is no direct memory for fails alone; the model goes on. */
class DirectMemoryTest {

  @Test
  void aBatchTooLargeIsToldAndTheNextSmallerOneWorks(@TempDir Path directory) {
    new TinyModel().in(directory);
    String printed =
        ChildJvm.of(Child.class).flags("-XX:MaxDirectMemorySize=8m").run(directory.toString());
    assertThat(printed.lines())
        .hasSize(3)
        .allMatch(
            line ->
                line.startsWith(
                        "'tiny' gets no memory for a batch of 1000 rows of 512 tokens (Cannot"
                            + " reserve")
                    && line.contains("limit: 8388608")
                    && line.endsWith(
                        "raise the JVM's -XX:MaxDirectMemorySize, or set a smaller batchTokens or"
                            + " fewer threads"));
  }

  static final class Child {

    public static void main(String[] arguments) {
      List<String> few = List.of("ocean", "brain", "a whale sleeps");
      // Room for one of the three inputs of 4 MB, not for all.
      List<String> many = Collections.nCopies(1000, "ocean ".repeat(600));
      try (var reranker =
          OnnxReranker.builder()
              .model(ModelSource.directory(Path.of(arguments[0])))
              .name("tiny")
              .threads(1)
              .batchTokens(1 << 20)
              .build()) {
        float[] expected = reranker.score("whale", few);
        for (int round = 0; round < 3; round++) {
          try {
            reranker.score("whale", many);
            throw new IllegalStateException("there was memory after all");
          } catch (InferenceException e) {
            System.out.println(e.getMessage());
          }
          if (!Arrays.equals(reranker.score("whale", few), expected)
              || reranker.score("whale", many.subList(0, 100)).length != 100) {
            throw new IllegalStateException("other scores after the failure");
          }
        }
      }
    }
  }
}
