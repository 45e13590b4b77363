package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file of a model, wherever it lies. */
class ModelFileTest {

  @TempDir private Path directory;

  /** A cached connection would serve the old archive, and keep it open. */
  @Test
  void anArchiveIsNotKeptOpen() throws IOException {
    Path jar = directory.resolve("model.jar");
    URL url = URI.create("jar:" + jar.toUri() + "!/file").toURL();
    write(jar, "one");
    ModelFile file = ModelFile.of(url);
    assertThat(file.path()).isEmpty();
    assertThat(file.read()).asString(StandardCharsets.UTF_8).isEqualTo("one");
    Files.delete(jar);
    write(jar, "another");
    assertThat(file.read()).asString(StandardCharsets.UTF_8).isEqualTo("another");
  }

  private static void write(Path jar, String content) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("file"));
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aResourceThatLiesUnpackedIsAFile() throws IOException {
    Path path = Files.writeString(directory.resolve("ä 100%.txt"), "x");
    assertThat(ModelFile.of(path.toUri().toURL()).path()).contains(path);
  }

  @Test
  void aFileThatIsGoneSaysSo() {
    Path gone = directory.resolve("gone");
    assertThat(ModelFile.at(gone)).isNull();
    assertThatThrownBy(() -> ModelFile.of(gone).read())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(gone.toString(), "cannot be read", "check that the file is there");
  }
}
