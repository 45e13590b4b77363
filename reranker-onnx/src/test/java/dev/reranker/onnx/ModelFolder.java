package dev.reranker.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model's folder that a test fills with small JSON files. */
record ModelFolder(Path path) {

  /** Writes a file; single quotes stand for double ones. */
  ModelFolder with(String file, String json) {
    return withText(file, json.replace('\'', '"'));
  }

  /** Writes a file as it is. */
  ModelFolder withText(String file, String text) {
    try {
      Path target = path.resolve(file);
      Files.createDirectories(target.getParent());
      Files.writeString(target, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ModelSource source() {
    return ModelSource.directory(path);
  }

  ModelConfig config() {
    return new ModelConfig(source());
  }

  RerankerConfig reranker() {
    return new RerankerConfig(config());
  }

  EmbedderConfig embedder() {
    return new EmbedderConfig(config());
  }
}
