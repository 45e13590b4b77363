package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there and of no use. */
class DamagedModelTest {

  private static final String POINTER =
      """
      version https://git-lfs.github.com/spec/v1
      oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
      size 90868376
      """;

  @TempDir private Path directory;
  private Path graph;
  private Path tokenizer;

  @BeforeEach
  void write() {
    new TinyModel().in(directory);
    graph = directory.resolve("model.onnx");
    tokenizer = directory.resolve("tokenizer.json");
  }

  @Test
  void aGraphCutShort() throws IOException {
    cut(graph);
    assertRefused(graph + " is not a model", "cut short");
  }

  @Test
  void anEmptyGraph() throws IOException {
    Files.write(graph, new byte[0]);
    assertRefused(graph + " is not a model", "get it again");
  }

  @Test
  void garbageInPlaceOfAGraph() throws IOException {
    Files.writeString(graph, "<html>not found</html>".repeat(100));
    assertRefused(graph + " is not a model", "get it again");
  }

  @Test
  void aPointerOfGitLfsInPlaceOfAGraph() throws IOException {
    Files.writeString(graph, POINTER);
    assertRefused(graph.toString(), "Git LFS", "git lfs pull");
  }

  @Test
  void aPointerOfGitLfsInPlaceOfATokenizer() throws IOException {
    Files.writeString(tokenizer, POINTER);
    assertRefused(tokenizer.toString(), "Git LFS", "git lfs pull");
  }

  @Test
  void aTokenizerCutShort() throws IOException {
    cut(tokenizer);
    assertRefused(tokenizer + " (", " bytes) is not a tokenizer that can be loaded");
  }

  @Test
  void anEmptyTokenizer() throws IOException {
    Files.write(tokenizer, new byte[0]);
    assertRefused(tokenizer + " (0 bytes) is not a tokenizer");
  }

  @Test
  void aTokenizerThatIsNotUtf8() throws IOException {
    Files.write(tokenizer, "{\"é\": 1}".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(tokenizer.toString(), "is not a tokenizer");
  }

  @Test
  void jsonThatIsNoTokenizer() throws IOException {
    Files.writeString(tokenizer, "{}");
    assertRefused(tokenizer + " (2 bytes) is not a tokenizer");
  }

  @Test
  void aConfigThatIsNotJson() throws IOException {
    Files.writeString(directory.resolve("config.json"), "<html>");
    assertRefused("config.json in directory " + directory + " is not a JSON object");
  }

  private static void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(
            () -> OnnxReranker.builder().model(ModelSource.directory(directory)).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }
}
