package dev.reranker.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tells the state of a model's folder. */
final class ModelFiles {

  private ModelFiles() {}

  /** Changes when a file does, so that answers of two models are never mixed. */
  static List<String> fingerprint(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder.toRealPath())) {
      List<Path> files = tree.filter(Files::isRegularFile).sorted().toList();
      var facts = new ArrayList<String>();
      for (Path file : files) {
        facts.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
      return facts;
    }
  }
}
