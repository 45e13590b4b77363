package dev.reranker.examples.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorpusTest {

  @TempDir private Path folder;

  private final List<String> notes = new ArrayList<>();

  private List<Document> read(Path path) throws IOException {
    return Corpus.read(path, IdRule.TABBED_LINE, notes::add);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("corpus.jsonl"), text);
  }

  @Test
  void titleAndTextAreSearchedTogether() throws Exception {
    Path file =
        file(
            """
            {"_id": "a", "title": "Whales", "text": "They sleep.", "metadata": {}}

            {"_id": 7, "text": "No title."}
            {"_id": "c", "title": null, "text": ""}
            """);
    assertThat(read(file))
        .containsExactly(
            new Document("a", "Whales They sleep.", Map.of("title", "Whales")),
            Document.of("7", "No title."),
            Document.of("c", ""));
  }

  @Test
  void thePyseriniFormIsReadToo() throws Exception {
    assertThat(read(file("{\"id\": \"a\", \"contents\": \"Whales sleep.\"}")))
        .containsExactly(Document.of("a", "Whales sleep."));
    assertThat(read(file("{\"id\": 3, \"_id\": \"a\", \"contents\": \"x\", \"text\": \"b\"}")))
        .as("BEIR's fields come first")
        .containsExactly(Document.of("a", "b"));
  }

  @Test
  void textsMayHaveAnyLength() throws Exception {
    String text = "whale ".repeat(4_000_000).strip();
    assertThat(read(file("{\"_id\": \"a\", \"text\": \"" + text + "\"}")))
        .containsExactly(Document.of("a", text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"_id\": 1.0, \"text\": \"b\"} | \"_id\" is the number 1.0",
        "{\"_id\": 1e3, \"text\": \"b\"} | \"_id\" is the number 1000",
        "{\"_id\": true, \"text\": \"b\"} | \"_id\" is not a string",
        "{\"_id\": null, \"text\": \"b\"} | \"_id\" is null",
        "{\"_id\": \"a\", \"text\": null} | \"text\" is null; an empty text is \"\"",
        "{\"_id\": \"a\", \"text\": [\"b\"]} | \"text\" is not a string",
        "{\"_id\": \"a\", \"title\": NaN, \"text\": \"b\"} | not JSON",
        "{\"_id\": \"a\", \"title\": 3, \"text\": \"b\"} | \"title\" is not a string",
        "{\"_id\": \"a\", \"_id\": \"b\", \"text\": \"b\"} | not JSON (Duplicate field '_id'",
        "{\"docid\": \"a\", \"body\": \"b\"} | \"_id\" or \"id\" is missing; there is \"docid\","
            + " \"body\"",
        "{\"_id\": \"a\"} | \"text\" or \"contents\" is missing; there is \"_id\"",
        "{} | \"_id\" or \"id\" is missing; there is nothing",
      })
  void whatIsNoDocumentIsNamedAndNeverGuessedAt(String line, String message) throws Exception {
    Path file = file("{\"_id\": \"z\", \"text\": \"b\"}\n" + line + "\n");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("corpus.jsonl:2: " + message);
  }

  @Test
  void wholeNumbersAndTheSameInQuotesAreOneId() throws Exception {
    Path file =
        file(
            """
            {"_id": 12345678901234567890, "text": "b"}
            {"_id": "12345678901234567890", "text": "c"}
            """);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("was given in line 1 already");
  }

  @Test
  void gzipAndCarriageReturnsAreReadInEachForm() throws Exception {
    Path packed = folder.resolve("named.jsonl");
    try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(
          "\ufeff{\"_id\": \"a\", \"text\": \"b\"}\r{\"_id\": \"c\", \"text\": \"d\"}\r\n"
              .getBytes(UTF_8));
    }
    assertThat(read(packed)).containsExactly(Document.of("a", "b"), Document.of("c", "d"));
  }

  @Test
  void idsThatARunCannotHoldAreNamedWhenOneIsAskedFor() throws Exception {
    Path file =
        file("{\"_id\": \"a\", \"text\": \"b\"}\n{\"_id\": \"my notes\", \"text\": \"b\"}\n");
    assertThat(read(file)).hasSize(2);
    assertThatThrownBy(() -> Corpus.read(file, IdRule.RUN_FILE, notes::add))
        .hasMessageContaining("corpus.jsonl:2: the id 'my notes' has white space");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstLine() throws Exception {
    assertThat(read(file("\ufeff{\"_id\": \"a\", \"text\": \"b\"}"))).hasSize(1);
  }

  @Test
  void malformedLinesAreNamed() throws Exception {
    String good = "{\"_id\": \"a\", \"text\": \"b\"}\n";
    assertThatThrownBy(() -> read(file(good + "{\"_id\": \"b\", \"text\": ")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("corpus.jsonl:2: not JSON")
        .hasMessageContaining("a line has the form {\"_id\"");
    assertThatThrownBy(() -> read(file("[1]"))).hasMessageContaining(":1: not a JSON object");
    assertThatThrownBy(() -> read(file(good + "\n{\"text\": \"b\"}")))
        .hasMessageContaining("corpus.jsonl:3: \"_id\" or \"id\" is missing");
    assertThatThrownBy(() -> read(file("{\"_id\": \"\", \"text\": \"b\"}")))
        .hasMessageContaining(":1: \"_id\" is empty");
    assertThatThrownBy(() -> read(file("{\"_id\": \"a\"}")))
        .hasMessageContaining("corpus.jsonl:1: \"text\" or \"contents\" is missing");
    assertThatThrownBy(() -> read(file("{\"_id\": \"a\", \"text\": 3}")))
        .hasMessageContaining(":1: \"text\" is not a string");
    assertThatThrownBy(() -> read(file("{\"_id\": \"a\", \"text\": \"b\"} more")))
        .hasMessageContaining(":1: not JSON");
  }

  @Test
  void aDuplicateIdNamesBothLines() throws Exception {
    Path file = file("{\"_id\": \"a\", \"text\": \"b\"}\n\n{\"_id\": \"a\", \"text\": \"c\"}\n");
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("corpus.jsonl:3: the id 'a' was given in line 1 already");
  }

  @Test
  void anEmptyCorpusIsAnError() throws Exception {
    assertThatThrownBy(() -> read(file("\n"))).hasMessageContaining("no documents");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> read(empty))
        .hasMessageContaining("empty: no .txt or .md file in this folder");
    assertThatThrownBy(() -> read(folder.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void textThatIsNotUtf8IsNamed() throws Exception {
    byte[] latin1 = "{\"_id\": \"é\", \"text\": \"b\"}".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("latin1.jsonl"), latin1);
    Files.write(folder.resolve("latin1.txt"), latin1);
    assertThatThrownBy(() -> read(folder.resolve("latin1.jsonl")))
        .hasMessageContaining("latin1.jsonl:1: not UTF-8");
    assertThatThrownBy(() -> read(folder)).hasMessageContaining("latin1.txt:1: not UTF-8");
  }
}
