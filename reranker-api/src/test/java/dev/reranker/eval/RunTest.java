package dev.reranker.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("run"), text);
  }

  @Test
  void theFileHasSixColumns() throws Exception {
    Path file = folder.resolve("out.run");
    try (RunWriter writer = RunWriter.create(file, "bm25")) {
      writer.write("q1", List.of(new ScoredDocument("d7", 12.5), new ScoredDocument("d2", -3)));
      writer.write("q2", List.of());
      writer.write("q3", List.of(new ScoredDocument("d7", 1)));
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
    List<ScoredDocument> hits =
        List.of(
            new ScoredDocument("a", 0.99999999999),
            new ScoredDocument("b", 0.9999999999),
            new ScoredDocument("c", 0.9999999999),
            new ScoredDocument("d", 0),
            new ScoredDocument("e", 0),
            new ScoredDocument("f", -5));
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
    assertThatThrownBy(() -> new ScoredDocument("a", Double.NaN))
        .hasMessageContaining("not a finite number");
    assertThatThrownBy(() -> RunWriter.create(folder.resolve("x"), "a tag"))
        .hasMessageContaining("tag 'a tag'");
    try (RunWriter writer = RunWriter.create(folder.resolve("x"), "t")) {
      assertThatThrownBy(() -> writer.write("q", List.of(new ScoredDocument("a b", 1))))
          .hasMessageContaining("document id 'a b'");
      assertThatThrownBy(
              () ->
                  writer.write(
                      "q", List.of(new ScoredDocument("a", 1), new ScoredDocument("a", 0))))
          .hasMessageContaining("query 'q': document 'a' comes twice");
      assertThatThrownBy(() -> writer.write("", List.of())).hasMessageContaining("query id ''");
      assertThatThrownBy(
              () ->
                  writer.write(
                      "q", List.of(new ScoredDocument("a", 1), new ScoredDocument("b", 2))))
          .hasMessageContaining("score 2.0 at rank 2 is higher than 1.0 before it");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a\tb",
        "a\u00a0b",
        "a\u0085b",
        "a\u3000b",
        "a\u2028",
        "\u0000",
        "a\ud800",
        "\udc00\ud800"
      })
  void noToolWouldReadSuchAnIdAsOneWord(String id) {
    assertThat(RunWriter.canHold(id)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "doc#3_7", "pages/a.md", "-", "\ud83d\ude00", "\u9bc9", "a\u200db"})
  void otherIdsAreHeld(String id) throws Exception {
    assertThat(RunWriter.canHold(id)).isTrue();
    Path file = folder.resolve("ids.run");
    try (RunWriter writer = RunWriter.create(file, "t")) {
      writer.write(id, List.of(new ScoredDocument(id, 1)));
    }
    assertThat(Run.read(file).ranking(id)).containsExactly(id);
  }

  @Test
  void equalScoresAreOrderedByTheBytesOfTheIds() throws Exception {
    // In UTF-16 the surrogates of the first stand below U+FF5E.
    Run run =
        Run.read(file("q Q0 \ud83d\ude00 1 1 t\nq Q0 \uff5e 2 1 t\nq Q0 a 3 1 t\nq Q0 aa 4 1 t\n"));
    assertThat(run.ranking("q")).containsExactly("\ud83d\ude00", "\uff5e", "aa", "a");
  }

  @Test
  void linesOfAQueryMayStandApart() throws Exception {
    Run run = Run.read(file("q Q0 a 1 1 t\np Q0 a 1 1 t\nq Q0 b 2 2 t\n"));
    assertThat(run.ranking("q")).containsExactly("b", "a");
    assertThatThrownBy(
            () -> Run.read(file("q Q0 a 1 1 t\np Q0 a 1 1 t\nq Q0 b 1 1 t\nq Q0 a 2 2 t\n")))
        .hasMessageContaining("run:4: document 'a' comes twice for query 'q'");
  }

  @Test
  void aWriterOfTheCallersIsWrittenTo() throws Exception {
    var text = new StringWriter();
    try (RunWriter writer = RunWriter.to(text, "t")) {
      writer.write("q", List.of(new ScoredDocument("a", 1)));
      writer.flush();
    }
    assertThat(text).hasToString("q Q0 a 1 1.0 t\n");
    assertThatThrownBy(() -> RunWriter.to(text, "a tag")).hasMessageContaining("tag 'a tag'");
  }
}
