package dev.reranker.examples.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TextFolderTest {

  @TempDir private Path temporary;

  private final List<String> notes = new ArrayList<>();

  private Path folder() throws IOException {
    return Files.createDirectories(temporary.resolve("docs"));
  }

  private List<Document> read(IdRule rule) throws IOException {
    return Corpus.read(folder(), rule, notes::add);
  }

  private List<Document> read() throws IOException {
    return read(IdRule.TABBED_LINE);
  }

  @Test
  void textFilesAreDocumentsByTheirPath() throws Exception {
    Files.createDirectories(folder().resolve("sub"));
    Files.writeString(folder().resolve("b.md"), "# B\n");
    Files.writeString(folder().resolve("sub/a.TXT"), "A");
    Files.writeString(folder().resolve("empty.txt"), "");
    Files.writeString(folder().resolve("c.pdf"), "not text");
    assertThat(read())
        .containsExactly(
            Document.of("b.md", "# B"),
            Document.of("empty.txt", ""),
            Document.of("sub/a.TXT", "A"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aBackslashInANameIsNoFolder() throws Exception {
    Files.createDirectories(folder().resolve("a"));
    Files.writeString(folder().resolve("a/b.txt"), "in a folder");
    Files.writeString(folder().resolve("a\\b.txt"), "beside it");
    assertThat(read())
        .containsExactlyInAnyOrder(
            Document.of("a/b.txt", "in a folder"), Document.of("a\\b.txt", "beside it"));
  }

  @Test
  void eachWayToEndLinesGivesTheSameText() throws Exception {
    Files.writeString(folder().resolve("a.txt"), "\ufeffone\r\ntwo\rthree\n");
    assertThat(read()).containsExactly(Document.of("a.txt", "one\ntwo\nthree"));
  }

  @Test
  void filesMayBeCompressed() throws Exception {
    for (String name : List.of("a.txt", "b.md.gz")) {
      try (var gzip = new GZIPOutputStream(Files.newOutputStream(folder().resolve(name)))) {
        gzip.write("whales".getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(read())
        .containsExactly(Document.of("a.txt", "whales"), Document.of("b.md.gz", "whales"));
  }

  @Test
  void linksAreFollowedAndCirclesPassedOver() throws Exception {
    Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("far.txt"), "far");
    Files.writeString(folder().resolve("near.txt"), "near");
    Files.createSymbolicLink(folder().resolve("link"), elsewhere);
    Files.createSymbolicLink(folder().resolve("again.txt"), elsewhere.resolve("far.txt"));
    Files.createSymbolicLink(elsewhere.resolve("up"), folder());
    Files.createSymbolicLink(folder().resolve("self"), Path.of("."));
    assertThat(read())
        .extracting(Document::id)
        .containsExactly("again.txt", "link/far.txt", "near.txt");
    assertThat(notes)
        .hasSize(2)
        .allMatch(
            note -> note.endsWith("a symbolic link back to a folder it lies in; passed over"));
  }

  @Test
  void aLinkToNothingIsNamed() throws Exception {
    Files.createSymbolicLink(folder().resolve("lost.md"), Path.of("absent"));
    assertThatThrownBy(this::read).hasMessageContaining("lost.md: a symbolic link to nothing");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsPassedOver() throws Exception {
    Files.writeString(folder().resolve("a.txt"), "A");
    assertThat(new ProcessBuilder("mkfifo", folder().resolve("p.txt").toString()).start().waitFor())
        .isZero();
    assertThat(read()).containsExactly(Document.of("a.txt", "A"));
    assertThat(notes).singleElement().asString().contains("p.txt: neither a file nor a folder");
  }

  @Test
  void anIdThatARunCannotHoldIsNamedWhenOneIsAskedFor() throws Exception {
    Files.writeString(folder().resolve("my notes.md"), "A");
    assertThat(read()).containsExactly(Document.of("my notes.md", "A"));
    assertThatThrownBy(() -> read(IdRule.RUN_FILE))
        .hasMessageContaining("my notes.md: the id 'my notes.md' has white space")
        .hasMessageContaining("rename the file");
  }

  @Test
  void aFileThatIsNoTextIsNamed() throws Exception {
    Files.write(folder().resolve("a.txt"), new byte[] {'a', '\n', 0, 1, 2});
    assertThatThrownBy(this::read).hasMessageContaining("a.txt:2: a null byte");
  }
}
