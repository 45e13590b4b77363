package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        .contains(".djl.ai in the home directory", "ENGINE_CACHE_DIR")
        .contains(file + "/.djl.ai");
  }

  @Test
  void aHomeThatDoesNotExist() {
    Path temporary = directory.resolve("tmp");
    assertThat(temporary.toFile().mkdir()).isTrue();
    String[] flags = {"-Duser.home=" + directory.resolve("gone"), "-Djava.io.tmpdir=" + temporary};
    assertThat(load(flags)).startsWith("loaded ");
    assertThat(temporary.resolve(".djl.ai/tokenizers")).isDirectory();
  }

  @Test
  void aHomeThatAllowsNoExecutables() throws Exception {
    Path home = noExecutables();
    assertThat(loadWithout(home, "-Duser.home=" + home))
        .contains("tokenizers' native library cannot be loaded")
        .contains("allow executables", "ENGINE_CACHE_DIR", home + "/.djl.ai");
  }

  @Test
  void aTemporaryFolderThatAllowsNoExecutables() throws Exception {
    Path temporary = noExecutables();
    assertThat(loadWithout(temporary, "-Djava.io.tmpdir=" + temporary))
        .contains("ONNX Runtime's native library cannot be loaded")
        .contains("java.io.tmpdir (" + temporary + ")", "onnxruntime.native.path");
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
        .contains("java.io.tmpdir (" + file + ")", "onnxruntime.native.path");
  }

  @Test
  void aFolderOfNativesThatHasNone() {
    assertThat(load("-Donnxruntime.native.path=" + directory))
        .contains("ONNX Runtime's native library cannot be loaded")
        .contains("onnxruntime.native.path (now " + directory + ")");
  }

  /** A folder for {@link #loadWithout}; skips the test where nothing can be mounted. */
  private Path noExecutables() throws Exception {
    Path folder = directory.resolve("no executables");
    assertThat(folder.toFile().mkdir()).isTrue();
    var probe = new ArrayList<>(List.of(mount(folder)));
    probe.add("true");
    try {
      assumeThat(new ProcessBuilder(probe).start().waitFor())
          .as("exit value of a mount in a namespace of its own")
          .isZero();
    } catch (IOException e) {
      abort("no namespace of its own: " + e.getMessage());
    }
    return folder;
  }

  /** Runs its further arguments where no file in a folder can be executed. */
  private static String[] mount(Path folder) {
    String script = "mount -t tmpfs -o noexec none \"$0\" && exec \"$@\"";
    return new String[] {"unshare", "-rm", "sh", "-c", script, folder.toString()};
  }

  private String loadWithout(Path executables, String... flags) {
    return ChildJvm.of(Child.class)
        .under(mount(executables))
        .flags(flags)
        .run(directory.toString())
        .strip();
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
