package dev.reranker.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The models that tests run. */
final class TestModels {

  private TestModels() {}

  /** all-MiniLM-L6-v2, as its model card sets it up. */
  static OnnxEmbedder embedder() {
    return OnnxEmbedder.builder().model(allMiniLm()).maxLength(256).build();
  }

  /** The token vectors of all-MiniLM-L6-v2. */
  static OnnxMultiVectorEmbedder multiVectorEmbedder() {
    return OnnxMultiVectorEmbedder.builder().model(allMiniLm()).maxLength(256).build();
  }

  /** A late-interaction model of 2 layers, 32 wide, with token vectors of 16 dimensions. */
  static ModelSource tinyLate() {
    return ModelSource.classpath("tiny-late");
  }

  /** The same in a folder of its own, for tests that change its files. */
  static ModelFolder tinyLate(Path directory) {
    try {
      Files.createDirectories(directory);
      for (String file :
          List.of(
              "encoder.onnx",
              "scorer.onnx",
              "model.onnx",
              "config.json",
              "tokenizer.json",
              "tokenizer_config.json")) {
        Files.write(directory.resolve(file), TinyModel.resource("tiny-late/" + file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelFolder(directory);
  }

  private static ModelSource allMiniLm() {
    return ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json");
  }
}
