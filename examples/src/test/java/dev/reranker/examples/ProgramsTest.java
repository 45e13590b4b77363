package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The small programs run and say what they should. */
class ProgramsTest {

  private static List<String> linesOf(Consumer<String[]> main) {
    var bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (var captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      main.accept(new String[0]);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void rerankStrings() {
    List<String> lines = linesOf(RerankStrings::main);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("1  ").contains("one half of the brain");
    assertThat(lines.get(2)).startsWith("3  ");
  }

  @Test
  void searchThenRerank() {
    List<String> lines = linesOf(SearchThenRerank::main);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("1 sleep, before [StageScore[stage=bm25, rank=");
  }
}
