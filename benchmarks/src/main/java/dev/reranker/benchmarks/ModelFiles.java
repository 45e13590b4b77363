package dev.reranker.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The default model's files, unpacked from its artifact to a temporary folder, so that all read the
 * same; and beside them the exporter's plain graph with the same tokenizer.
 *
 * @param root the temporary folder
 */
record ModelFiles(Path root) implements AutoCloseable {

  private static final String MODEL = "dev/reranker/models/minilm-l6/";

  static ModelFiles unpack() throws IOException {
    var files = new ModelFiles(Files.createTempDirectory("reranker-benchmarks"));
    try {
      files.copy(MODEL + "model.onnx", files.fused());
      files.copy("plain.onnx", files.plain());
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Operators fused, the last layer computed for [CLS] alone: the default model. */
  Path fused() {
    return root.resolve("fused");
  }

  /** Standard operators. */
  Path plain() {
    return root.resolve("plain");
  }

  static Path graph(Path directory) {
    return directory.resolve("model.onnx");
  }

  static Path tokenizer(Path directory) {
    return directory.resolve("tokenizer.json");
  }

  private void copy(String graph, Path directory) throws IOException {
    Files.createDirectory(directory);
    copyResource(graph, graph(directory));
    for (String name : List.of("tokenizer.json", "tokenizer_config.json", "config.json")) {
      copyResource(MODEL + name, directory.resolve(name));
    }
  }

  private static void copyResource(String name, Path to) throws IOException {
    try (InputStream in = ModelFiles.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path: build the module with Maven");
      }
      Files.copy(in, to);
    }
  }

  @Override
  public void close() {
    delete(root);
  }

  static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
