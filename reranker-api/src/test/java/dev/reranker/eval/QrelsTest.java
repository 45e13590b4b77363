package dev.reranker.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QrelsTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("qrels"), text);
  }

  @Test
  void beirHasAHeaderAndThreeColumns() throws Exception {
    Qrels qrels =
        Qrels.read(file("query-id\tcorpus-id\tscore\r\nq2\td 1\t1\r\nq1\td2\t2\r\nq2\td3\t0\r\n"));
    assertThat(qrels.queries()).containsExactly("q2", "q1");
    assertThat(qrels.grades("q2")).isEqualTo(Map.of("d 1", 1, "d3", 0));
    assertThat(qrels.grades("q1")).isEqualTo(Map.of("d2", 2));
    assertThat(qrels.grades("q3")).isEmpty();
  }

  @Test
  void trecHasFourColumns() throws Exception {
    Qrels qrels = Qrels.read(file("301 0 FBIS3-10082 1\n301\t0\tFBIS3-10169  -1\n\n"));
    assertThat(qrels.grades("301")).isEqualTo(Map.of("FBIS3-10082", 1, "FBIS3-10169", -1));
  }

  @Test
  void errorsNameFileAndLine() throws Exception {
    assertThatThrownBy(() -> Qrels.read(file("q1 0 d1 1\nq1 d2 1\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("qrels:2: 3 columns")
        .hasMessageContaining("query iteration document grade");
    assertThatThrownBy(() -> Qrels.read(file("q1 0 d1 high\n")))
        .hasMessageContaining("qrels:1: the grade 'high' is not a whole number");
    assertThatThrownBy(() -> Qrels.read(file("query-id\tcorpus-id\tscore\nq1\td1\n")))
        .hasMessageContaining("qrels:2: 2 columns");
    assertThatThrownBy(() -> Qrels.read(file("q1 0 d1 1\nq1 0 d1 0\n")))
        .hasMessageContaining("qrels:2: document 'd1' is judged twice for query 'q1'");
    assertThatThrownBy(() -> Qrels.read(file("query-id\tcorpus-id\tscore\n")))
        .hasMessageContaining("no judgements");
    assertThatThrownBy(() -> Qrels.read(folder.resolve("absent")))
        .hasMessageContaining("absent: no such file");
  }

  @Test
  void textThatIsNotUtf8IsNamed() throws Exception {
    Path file = folder.resolve("qrels");
    Files.write(file, "q1 0 dé 1\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Qrels.read(file)).hasMessageContaining("not UTF-8");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheHeader() throws Exception {
    assertThat(Qrels.read(file("\ufeffquery-id\tcorpus-id\tscore\nq1\td1\t1\n")).queries())
        .containsExactly("q1");
  }

  @Test
  void gradesThatAreNoWholeNumbersAreNamed() throws Exception {
    assertThatThrownBy(() -> Qrels.read(file("q1 0 d1 1.0\n")))
        .hasMessageContaining("qrels:1: the grade '1.0' is not a whole number");
    assertThatThrownBy(() -> Qrels.read(file("q1 0 d1 nan\n")))
        .hasMessageContaining("qrels:1: the grade 'nan'");
    assertThatThrownBy(() -> Qrels.read(file("query_id\tdoc_id\trelevance\nq1\td1\t1\n")))
        .hasMessageContaining("qrels:1: 3 columns")
        .hasMessageContaining("query-id<TAB>corpus-id<TAB>score");
  }

  @Test
  void whatIsReadCannotBeChanged() throws Exception {
    Qrels qrels = Qrels.read(file("q1 0 d1 1\n"));
    assertThatThrownBy(() -> qrels.grades("q1").put("d2", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> qrels.queries().remove("q1"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
