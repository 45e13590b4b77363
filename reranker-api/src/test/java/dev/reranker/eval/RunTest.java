package dev.reranker.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.eval.RunWriter.Hit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("run"), text);
  }

  @Test
  void theFileHasSixColumns() throws Exception {
    Path file = folder.resolve("out.run");
    try (RunWriter writer = RunWriter.create(file, "bm25")) {
      writer.write("q1", List.of(new Hit("d7", 12.5), new Hit("d2", -3)));
      writer.write("q2", List.of());
      writer.write("q3", List.of(new Hit("d7", 1)));
    }
    assertThat(file)
        .hasContent("q1 Q0 d7 1 12.5 bm25\nq1 Q0 d2 2 -3.0 bm25\nq3 Q0 d7 1 1.0 bm25\n");
  }

  @Test
  void scoresOrderARunAndTheGreaterIdBreaksTies() throws Exception {
    Run run = Run.read(file("q Q0 a 1 1.0 t\nq Q0 b 2 2.0 t\n\nq Q0 c 3 1.0 t\np Q0 a 1 0 t\n"));
    assertThat(run.queries()).containsExactly("q", "p");
    assertThat(run.ranking("q")).containsExactly("b", "c", "a");
    assertThat(run.ranking("p")).containsExactly("a");
    assertThat(run.ranking("absent")).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadInTheSameOrder() throws Exception {
    Path file = folder.resolve("ties.run");
    List<Hit> hits =
        List.of(
            new Hit("a", 0.99999999999),
            new Hit("b", 0.9999999999),
            new Hit("c", 0.9999999999),
            new Hit("d", 0),
            new Hit("e", 0),
            new Hit("f", -5));
    try (RunWriter writer = RunWriter.create(file, "t")) {
      writer.write("q", hits);
    }
    assertThat(Run.read(file).ranking("q")).containsExactly("a", "b", "c", "d", "e", "f");
  }

  @Test
  void errorsNameFileAndLine() throws Exception {
    assertThatThrownBy(() -> Run.read(file("q Q0 a 1 1.0 t\nq Q0 b 2 2.0\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("run:2: 5 columns; a run has six");
    assertThatThrownBy(() -> Run.read(file("q Q0 a 1 best t\n")))
        .hasMessageContaining("run:1: the score 'best' is not a number");
    assertThatThrownBy(() -> Run.read(file("q Q0 a 1 NaN t\n")))
        .hasMessageContaining("run:1: the score 'NaN' is not a number");
    assertThatThrownBy(() -> Run.read(file("q Q0 a 1 2 t\nq Q0 a 2 1 t\n")))
        .hasMessageContaining("run:2: document 'a' comes twice for query 'q'");
    assertThatThrownBy(() -> Run.read(file("\n"))).hasMessageContaining("query Q0 document rank");
  }

  @Test
  void whatTheFormatCannotHoldIsRefused() throws Exception {
    assertThatThrownBy(() -> new Hit("a b", 1)).hasMessageContaining("document id 'a b'");
    assertThatThrownBy(() -> new Hit("a", Double.NaN)).hasMessageContaining("not a finite number");
    assertThatThrownBy(() -> RunWriter.create(folder.resolve("x"), "a tag"))
        .hasMessageContaining("tag 'a tag'");
    try (RunWriter writer = RunWriter.create(folder.resolve("x"), "t")) {
      assertThatThrownBy(() -> writer.write("", List.of())).hasMessageContaining("query id ''");
      assertThatThrownBy(() -> writer.write("q", List.of(new Hit("a", 1), new Hit("b", 2))))
          .hasMessageContaining("score 2.0 at rank 2 is higher than 1.0 before it");
    }
  }
}
