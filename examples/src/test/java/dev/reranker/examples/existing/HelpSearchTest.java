package dev.reranker.examples.existing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.assertj.core.util.diff.DiffUtils;
import org.junit.jupiter.api.Test;

/** An existing Lucene application gets better answers for few changed lines. */
class HelpSearchTest {

  private static final String QUESTION = "how long does the battery of my phone last";

  private static List<String> lines(Class<?> program) throws IOException {
    String file = program.getName().replace('.', '/') + ".java";
    return Files.readAllLines(Path.of("src", "main", "java").resolve(file));
  }

  @Test
  void rerankingBringsTheAnswerToTheTop() throws Exception {
    try (var directory = new ByteBuffersDirectory()) {
      HelpSearch.index(Article.all(), directory);
      try (var reranker = OnnxReranker.builder().build();
          var before = new HelpSearch(directory);
          var after = new RerankedHelpSearch(directory, reranker)) {
        assertThat(before.search(QUESTION, 1)).doesNotContain("Power");
        assertThat(after.search(QUESTION, 1)).containsExactly("Power");
        assertThat(after.search(QUESTION, 5))
            .containsExactlyInAnyOrderElementsOf(before.search(QUESTION, 5));
      }
    }
  }

  @Test
  void fewerThan25LinesDiffer() throws IOException {
    List<String> before = lines(HelpSearch.class);
    List<String> after = lines(RerankedHelpSearch.class);
    int differing =
        DiffUtils.diff(before, after).getDeltas().stream()
            .mapToInt(delta -> delta.getOriginal().size() + delta.getRevised().size())
            .sum();
    assertThat(differing).isPositive().isLessThan(25);
  }
}
