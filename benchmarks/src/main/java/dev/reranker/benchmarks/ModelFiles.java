package dev.reranker.benchmarks;

import dev.reranker.onnx.ModelSource;
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
 * same; and beside them the exporter's graph of the whole model, which peers run, with the same
 * tokenizer.
 *
 * @param root the temporary folder
 */
record ModelFiles(Path root) implements AutoCloseable {

  private static final String MODEL = "dev/reranker/models/late-l6/";

  static ModelFiles unpack() throws IOException {
    var files = new ModelFiles(Files.createTempDirectory("reranker-benchmarks"));
    try {
      copyTexts(files.apart());
      for (String graph : List.of("encoder.onnx", "scorer.onnx")) {
        copyResource(MODEL + graph, files.apart().resolve(graph));
      }
      copyTexts(files.plain());
      copyResource("plain.onnx", graph(files.plain()));
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** The default model: encoder and scorer. */
  Path apart() {
    return root.resolve("apart");
  }

  /** The same as one graph of standard operators: an ordinary cross-encoder. */
  Path plain() {
    return root.resolve("plain");
  }

  /** The one graph, chosen: its folder's config.json alone asks for encoder and scorer. */
  ModelSource plainGraph() {
    return ModelSource.graphFile(graph(plain()));
  }

  static Path graph(Path directory) {
    return directory.resolve("model.onnx");
  }

  static Path tokenizer(Path directory) {
    return directory.resolve("tokenizer.json");
  }

  private static void copyTexts(Path directory) throws IOException {
    Files.createDirectory(directory);
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
