package dev.reranker.examples.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The folder that the build writes to, {@code examples/target}, wherever the program is started.
 */
final class BuildFolder {

  private BuildFolder() {}

  static Path path() {
    try {
      var code = BuildFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(code).resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException("these classes were loaded from no file", e);
    }
  }
}
