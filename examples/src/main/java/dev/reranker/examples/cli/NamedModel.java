package dev.reranker.examples.cli;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that the user names: by its folder, or by the graph in it, whose other files are found.
 *
 * @param option that names it, for messages
 * @param place a folder, or a file that ends in {@code .onnx}
 */
record NamedModel(String option, Path place) {

  private static final Pattern CHOOSE_THIS =
      Pattern.compile("by ModelSource\\.directory\\(\\.\\.\\)\\.graph\\(\"(.*?)\"\\)");
  private static final Pattern CHOOSE_ONE =
      Pattern.compile("by ModelSource\\.directory\\(\\.\\.\\)\\.graph\\(\\.\\.\\)");

  /**
   * Loads it.
   *
   * @throws ModelLoadException if it cannot be loaded, with advice for the command line
   */
  <T> T load(Function<ModelSource, T> loader) {
    try {
      return loader.apply(source());
    } catch (ModelLoadException e) {
      throw new ModelLoadException(forCommandLine(String.valueOf(e.getMessage())), e);
    }
  }

  private boolean isGraph() {
    return place.toString().endsWith(".onnx") && !Files.isDirectory(place);
  }

  private ModelSource source() {
    return isGraph() ? ModelSource.graphFile(place) : ModelSource.directory(place);
  }

  /** As {@link ModelSource#graphFile} finds it. */
  private Path folder() {
    if (!isGraph()) {
      return place;
    }
    Path graph = place.toAbsolutePath().normalize();
    Path folder = Objects.requireNonNull(graph.getParent(), "a file has a folder");
    Path above = folder.getParent();
    return above != null && folder.endsWith("onnx") ? above : folder;
  }

  /** The library's advice is a call in Java; here it is an option. */
  private String forCommandLine(String message) {
    String advised =
        CHOOSE_THIS
            .matcher(message)
            .replaceAll(
                call -> Matcher.quoteReplacement("with " + option + " " + shown(call.group(1))));
    advised =
        CHOOSE_ONE
            .matcher(advised)
            .replaceAll(Matcher.quoteReplacement("with " + option + " FOLDER/FILE.onnx"));
    return advised.contains("ModelSource")
        ? advised + "; on the command line: " + option + " FOLDER or FOLDER/FILE.onnx"
        : advised;
  }

  private String shown(String graph) {
    return folder().resolve(graph).toString();
  }
}
