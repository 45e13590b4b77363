package dev.reranker.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What ONNX files are called beside a model, and which of them are there, for errors to offer. */
final class GraphNames {

  /**
   * Where no folder can be listed, these are tried: what Optimum and others call their variants.
   */
  static final List<String> USUAL =
      Stream.of(
              "quantized",
              "int8",
              "uint8",
              "fp16",
              "q4",
              "q4f16",
              "bnb4",
              "optimized",
              "O1",
              "O2",
              "O3",
              "O4",
              "qint8_avx512",
              "qint8_avx512_vnni",
              "quint8_avx2",
              "qint8_arm64")
          .flatMap(v -> Stream.of("model_" + v + ".onnx", "onnx/model_" + v + ".onnx"))
          .toList();

  private GraphNames() {}

  /** The graphs in a directory and the folders in it; none where it cannot be listed. */
  static List<String> in(Path directory) {
    try (Stream<Path> files = Files.walk(directory, 2, FileVisitOption.FOLLOW_LINKS)) {
      return of(
          files
              .filter(Files::isRegularFile)
              .map(file -> directory.relativize(file).toString().replace('\\', '/'))
              .toList());
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // What cannot be listed is not offered; the error says what is missing.
    }
  }

  /** The graphs among files. */
  static List<String> of(Collection<String> files) {
    return files.stream().filter(file -> file.endsWith(".onnx")).sorted().toList();
  }
}
