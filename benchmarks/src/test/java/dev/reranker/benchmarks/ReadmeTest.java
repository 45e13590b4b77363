package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadmeTest {

  @TempDir private Path folder;

  @Test
  void replacesOneSectionAndNothingElse() throws IOException {
    Path file = folder.resolve("README.md");
    Files.writeString(
        file, "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y --><!-- end y -->\n");
    Readme.replace(file, "x", "new\n");
    assertThat(file)
        .hasContent(
            "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n<!-- begin y --><!-- end y -->\n");
  }

  @Test
  void aMissingPlaceIsAnErrorThatNamesIt() throws IOException {
    Path file = folder.resolve("README.md");
    Files.writeString(file, "nothing here\n");
    assertThatThrownBy(() -> Readme.replace(file, "quick", "new"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no place for 'quick'");
  }

  @ParameterizedTest
  @EnumSource
  void theReadmeHasAPlaceForEveryPiece(Piece piece) throws IOException {
    Path copy = folder.resolve("README.md");
    Files.copy(Path.of("README.md"), copy);
    Readme.replace(copy, piece.id(), "table");
    assertThat(Files.readString(copy)).contains("table");
  }
}
