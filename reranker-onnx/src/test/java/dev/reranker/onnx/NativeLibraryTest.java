package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the native libraries cannot be unpacked, the error names the setting that moves them. A
 * file in place of the folder: not even root can write there.
 */
class NativeLibraryTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    new TinyModel().in(directory);
    file = Files.createFile(directory.resolve("file"));
  }

  @Test
  void aHomeThatIsNoFolder() {
    assertThat(load("-Duser.home=" + file))
        .contains("tokenizers' native library cannot be loaded")
        .contains(".djl.ai in the home directory", "ENGINE_CACHE_DIR");
  }

  @Test
  void theTokenizersMoveToAnotherFolder() {
    Path cache = directory.resolve("cache");
    assertThat(load("-Duser.home=" + file, "-DENGINE_CACHE_DIR=" + cache)).startsWith("loaded ");
    assertThat(cache.resolve("tokenizers")).isDirectory();
  }

  @Test
  void aTemporaryFolderThatIsNone() {
    assertThat(load("-Djava.io.tmpdir=" + file))
        .contains("ONNX Runtime's native library cannot be loaded")
        .contains("java.io.tmpdir", "onnxruntime.native.path");
  }

  private String load(String... flags) {
    return ChildJvm.of(Child.class).flags(flags).run(directory.toString()).strip();
  }

  static final class Child {
    public static void main(String[] arguments) {
      ModelSource model = ModelSource.directory(Path.of(arguments[0]));
      try (var reranker = OnnxReranker.builder().model(model).build()) {
        System.out.println("loaded " + reranker.name());
      } catch (ModelLoadException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
