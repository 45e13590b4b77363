package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The places a model is loaded from. */
class ModelSourceTest {

  @TempDir private Path directory;

  @Test
  void aDirectoryGivesItsNameToTheModel() {
    assertScores(new TinyModel().in(directory.resolve("my-reranker")), "my-reranker");
  }

  @Test
  void theGraphMayLieInAFolderOfItsOwn() throws IOException {
    Path model = directory.resolve("hub-layout");
    new TinyModel().in(model);
    Files.createDirectory(model.resolve("onnx"));
    Files.move(model.resolve("model.onnx"), model.resolve("onnx/model.onnx"));
    assertScores(ModelSource.directory(model), "hub-layout");
  }

  @Test
  void aClassPathFolderIsFoundThroughTheContextClassLoader() throws IOException {
    new TinyModel().in(directory.resolve("models/packed"));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      assertScores(ModelSource.classpath("/models/packed/"), "packed");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void singleFilesAreTakenWhateverTheirNames() throws IOException {
    new TinyModel().in(directory);
    Path graph = Files.move(directory.resolve("model.onnx"), directory.resolve("tiny.v2.onnx"));
    Path tokenizer = Files.move(directory.resolve("tokenizer.json"), directory.resolve("t.json"));
    assertScores(ModelSource.files(graph, tokenizer), "tiny.v2");
  }

  @Test
  void singleResourcesAreTakenWhateverTheirNames() {
    assertScores(
        ModelSource.resources("tiny-late/model.onnx", "tiny-late/tokenizer.json"), "model");
  }

  @Test
  void aDirectoryThatDoesNotExistIsNamed() {
    assertRefused(
        ModelSource.directory(directory.resolve("nowhere")),
        directory.resolve("nowhere") + " does not exist",
        "give the directory with the model's files");
  }

  @Test
  void aFileIsNotADirectory() throws IOException {
    Path file = Files.createFile(directory.resolve("model.bin"));
    assertRefused(ModelSource.directory(file), file + " is not a directory");
  }

  @Test
  void aMissingGraphIsNamed() {
    assertRefused(
        ModelSource.directory(directory),
        "model.onnx or onnx/model.onnx is missing in directory " + directory);
  }

  @Test
  void aMissingTokenizerIsNamed() throws IOException {
    new TinyModel().in(directory);
    Files.delete(directory.resolve("tokenizer.json"));
    assertRefused(
        ModelSource.directory(directory), "tokenizer.json is missing in directory " + directory);
  }

  @Test
  void aMissingSingleFileIsNamedByItsPath() {
    Path graph = directory.resolve("no.onnx");
    assertRefused(ModelSource.files(graph, graph), graph.toString());
  }

  @Test
  void aMissingResourceIsNamed() {
    assertRefused(ModelSource.classpath("no/such/model"), "class path folder no/such/model");
  }

  private static void assertScores(ModelSource source, String name) {
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      assertThat(reranker.name()).isEqualTo(name);
      assertThat(reranker.score("whale", List.of("ocean"))).hasSize(1);
    }
  }

  private static void assertRefused(ModelSource source, String... parts) {
    assertThatThrownBy(() -> OnnxReranker.builder().model(source).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }
}
