package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small programs run and say what they should. */
class ProgramsTest {

  /** A program. */
  @FunctionalInterface
  private interface Main {
    void run(String[] args) throws Exception;
  }

  private static List<String> linesOf(Main main) throws Exception {
    var bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (var captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      main.run(new String[0]);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void rerankStrings() throws Exception {
    List<String> lines = linesOf(RerankStrings::main);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("1  ").contains("one half of the brain");
    assertThat(lines.get(2)).startsWith("3  ");
  }

  @Test
  void searchThenRerank() throws Exception {
    List<String> lines = linesOf(SearchThenRerank::main);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("1 sleep, before [bm25 #");
  }

  @Test
  void hybridSearch() throws Exception {
    List<String> lines = linesOf(HybridSearch::main);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("1 rest, before [").contains("knn #", "bm25 #", "rrf #");
    assertThat(lines.get(1)).startsWith("2 size, before [");
  }

  @Test
  void longDocuments() throws Exception {
    List<String> lines = linesOf(LongDocuments::main);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .startsWith("1 whales: Whales are mammals. ")
        .contains("[Sleeping whales hang")
        .contains("stays awake.]")
        .endsWith(" Some eat krill.");
    assertThat(lines.get(2)).startsWith("1 ").contains("Sleeping whales hang");
  }
}
