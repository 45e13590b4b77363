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
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders whose graph has another name than usual. */
class GraphChoiceTest {

  @TempDir private Path directory;

  @Test
  void aFolderWithOnlyVariantsNamesThemAndHowToChoose() throws IOException {
    variants("onnx/model_quantized.onnx", "onnx/model_int8.onnx", "model_fp16.onnx");
    assertThatThrownBy(() -> score(ModelSource.directory(directory)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            "model.onnx or onnx/model.onnx is missing in directory " + directory,
            "model_fp16.onnx, onnx/model_int8.onnx, onnx/model_quantized.onnx are there",
            "ModelSource.directory(..).graph(\"model_fp16.onnx\")");
  }

  @Test
  void theOnlyVariantIsNamedTooAndNotTakenInSilence() throws IOException {
    variants("onnx/model_quantized.onnx");
    assertThatThrownBy(() -> score(ModelSource.directory(directory)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("but onnx/model_quantized.onnx is there: choose one by");
  }

  @Test
  void theChosenGraphIsScoredWithTheModelsOwnSettings() throws IOException {
    variants("onnx/model_quantized.onnx");
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"model_max_length\": 40}");
    var source = ModelSource.directory(directory).graph("onnx/model_quantized.onnx");
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      assertThat(reranker.name()).isEqualTo(directory.getFileName().toString());
      assertThat(reranker.info().maxLength()).isEqualTo(40);
      assertThat(reranker.score("whale", List.of("ocean"))).hasSize(1);
    }
  }

  @Test
  void aGraphFileGivesItsModel() throws IOException {
    variants("onnx/model_quantized.onnx", "model_fp16.onnx");
    for (String file : List.of("onnx/model_quantized.onnx", "model_fp16.onnx")) {
      ModelSource source = ModelSource.graphFile(directory.resolve(file));
      assertThat(source).hasToString("directory " + directory);
      assertThat(score(source)).hasSize(1);
    }
  }

  @Test
  void theUsualNameGoesBeforeVariants() throws IOException {
    variants("onnx/model_quantized.onnx");
    new TinyModel().head(TinyModel.Head.ONE_DEEP).at(directory.resolve("onnx/model.onnx"));
    assertThat(ModelSource.directory(directory).graph().name()).endsWith("model.onnx");
  }

  @Test
  void aChosenGraphThatIsNotThereNamesThoseThatAre() throws IOException {
    variants("onnx/model_int8.onnx");
    assertThatThrownBy(() -> score(ModelSource.directory(directory).graph("onnx/model_q4.onnx")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("onnx/model_q4.onnx is missing", "onnx/model_int8.onnx is there");
  }

  @Test
  void theFolderOfTheGraphsIsNotTheModels() throws IOException {
    variants("onnx/model.onnx");
    assertThatThrownBy(() -> score(ModelSource.directory(directory.resolve("onnx"))))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            "tokenizer.json is missing", "tokenizer.json is in the directory above");
  }

  @Test
  void aGraphIsNotADirectoryOfAModel() throws IOException {
    variants("model.onnx");
    Path graph = directory.resolve("model.onnx");
    assertThatThrownBy(() -> score(ModelSource.directory(graph)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(graph + " is not a directory", "ModelSource.graphFile(..)");
  }

  @Test
  void singleFilesAreAlreadyChosen() {
    var files = ModelSource.files(Path.of("a.onnx"), Path.of("t.json"));
    assertThatThrownBy(() -> files.graph("b.onnx"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already chosen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx", "tokenizer.json", "config.json", "modules.json"})
  void aDirectoryInPlaceOfAFileIsNamed(String file) throws IOException {
    new TinyModel().in(directory);
    Files.deleteIfExists(directory.resolve(file));
    Files.createDirectory(directory.resolve(file));
    assertThatThrownBy(() -> score(ModelSource.directory(directory)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(directory.resolve(file) + " is a directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx", "tokenizer.json", "config.json"})
  void aLinkThatLeadsNowhereIsNamed(String file) throws IOException {
    new TinyModel().in(directory);
    Files.deleteIfExists(directory.resolve(file));
    Files.createSymbolicLink(directory.resolve(file), Path.of("../blobs/gone"));
    assertThatThrownBy(() -> score(ModelSource.directory(directory)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(directory.resolve(file).toString(), "../blobs/gone", "missing");
  }

  @Test
  void variantsInAnArchiveOfTheClassPathAreNamedToo() throws IOException {
    Path jar = jar("models/m/onnx/model_quantized.onnx", new TinyModel().bytes());
    withClassPath(
        jar,
        () ->
            assertThatThrownBy(() -> score(ModelSource.classpath("models/m")))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("onnx/model_quantized.onnx is there"));
    withClassPath(
        jar,
        () ->
            assertThat(score(ModelSource.classpath("models/m").graph("onnx/model_quantized.onnx")))
                .hasSize(1));
  }

  @Test
  void weightsBesideAGraphInAnArchiveAreRefusedWithTheWayOut() throws IOException {
    Path jar = jar("models/m/model.onnx", new TinyModel().dataFile("model.onnx_data").bytes());
    withClassPath(
        jar,
        () ->
            assertThatThrownBy(() -> score(ModelSource.classpath("models/m")))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContainingAll(
                    "model.onnx_data", "inside an archive", "ModelSource.directory(..)"));
  }

  /** An archive with a graph and the tokenizer beside or above it. */
  private Path jar(String graph, byte[] bytes) throws IOException {
    Path jar = directory.resolve("model.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(graph));
      out.write(bytes);
      out.putNextEntry(new JarEntry("models/m/tokenizer.json"));
      out.write(TinyModel.tokenizer());
    }
    return jar;
  }

  private static void withClassPath(Path jar, Runnable test) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      test.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private void variants(String... files) throws IOException {
    Files.write(directory.resolve("tokenizer.json"), TinyModel.tokenizer());
    for (String file : files) {
      new TinyModel().at(directory.resolve(file));
    }
  }

  private static float[] score(ModelSource source) {
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      return reranker.score("whale", List.of("ocean"));
    }
  }
}
