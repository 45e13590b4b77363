package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

  @TempDir private Path folder;

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
    assertThat(Corpus.read(file))
        .containsExactly(
            new Document("a", "Whales They sleep.", Map.of("title", "Whales")),
            Document.of("7", "No title."),
            Document.of("c", ""));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstLine() throws Exception {
    assertThat(Corpus.read(file("\ufeff{\"_id\": \"a\", \"text\": \"b\"}"))).hasSize(1);
  }

  @Test
  void aFolderGivesItsTextFilesByTheirPath() throws Exception {
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("b.md"), "# B\n");
    Files.writeString(folder.resolve("sub/a.TXT"), "A");
    Files.writeString(folder.resolve("c.pdf"), "not text");
    assertThat(Corpus.read(folder))
        .containsExactly(Document.of("b.md", "# B"), Document.of("sub/a.TXT", "A"));
  }

  @Test
  void malformedLinesAreNamed() throws Exception {
    String good = "{\"_id\": \"a\", \"text\": \"b\"}\n";
    assertThatThrownBy(() -> Corpus.read(file(good + "{\"_id\": \"b\", \"text\": ")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("corpus.jsonl:2: not JSON")
        .hasMessageContaining("a line has the form {\"_id\"");
    assertThatThrownBy(() -> Corpus.read(file("[1]")))
        .hasMessageContaining(":1: not a JSON object");
    assertThatThrownBy(() -> Corpus.read(file(good + "\n{\"text\": \"b\"}")))
        .hasMessageContaining("corpus.jsonl:3: \"_id\" is missing");
    assertThatThrownBy(() -> Corpus.read(file("{\"_id\": \"\", \"text\": \"b\"}")))
        .hasMessageContaining(":1: \"_id\" is empty");
    assertThatThrownBy(() -> Corpus.read(file("{\"_id\": \"a\"}")))
        .hasMessageContaining("corpus.jsonl:1: \"text\" is missing");
    assertThatThrownBy(() -> Corpus.read(file("{\"_id\": \"a\", \"text\": 3}")))
        .hasMessageContaining(":1: \"text\" is not a string");
    assertThatThrownBy(() -> Corpus.read(file("{\"_id\": \"a\", \"text\": \"b\"} more")))
        .hasMessageContaining(":1: not JSON");
  }

  @Test
  void aDuplicateIdNamesBothLines() throws Exception {
    Path file = file("{\"_id\": \"a\", \"text\": \"b\"}\n\n{\"_id\": \"a\", \"text\": \"c\"}\n");
    assertThatThrownBy(() -> Corpus.read(file))
        .hasMessageContaining("corpus.jsonl:3: \"_id\" 'a' was given in line 1 already");
  }

  @Test
  void anEmptyCorpusIsAnError() throws Exception {
    assertThatThrownBy(() -> Corpus.read(file("\n"))).hasMessageContaining("no documents");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> Corpus.read(empty))
        .hasMessageContaining("empty: no .txt or .md file in this folder");
    assertThatThrownBy(() -> Corpus.read(folder.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void textThatIsNotUtf8IsNamed() throws Exception {
    byte[] latin1 = "{\"_id\": \"é\", \"text\": \"b\"}".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("latin1.jsonl"), latin1);
    Files.write(folder.resolve("latin1.txt"), latin1);
    assertThatThrownBy(() -> Corpus.read(folder.resolve("latin1.jsonl")))
        .hasMessageContaining("latin1.jsonl:1: not UTF-8");
    assertThatThrownBy(() -> Corpus.read(folder)).hasMessageContaining("latin1.txt: not UTF-8");
  }
}
