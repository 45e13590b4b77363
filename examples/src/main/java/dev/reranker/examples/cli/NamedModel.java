package dev.reranker.examples.cli;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.hub.HubModel;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that the user names: by its folder, by the graph in it, whose other files are found, or
 * by its name on the Hugging Face hub.
 *
 * @param option that names it, for messages
 * @param name a folder, a file that ends in {@code .onnx}, or {@code org/name}, {@code
 *     org/name@revision}, {@code org/name/onnx/model_fp16.onnx}
 */
record NamedModel(String option, String name) {

  private static final Pattern CHOOSE_THIS =
      Pattern.compile("by ModelSource\\.(?:directory|hub)\\(\\.\\.\\)\\.graph\\(\"(.*?)\"\\)");
  private static final Pattern CHOOSE_ONE =
      Pattern.compile("by ModelSource\\.directory\\(\\.\\.\\)\\.graph\\(\\.\\.\\)");
  private static final Pattern GIVE_FOLDER =
      Pattern.compile("give ModelSource\\.directory\\(Path\\.of\\(\"(.*?)\"\\)\\)");

  /** {@code org/name}, a revision, a graph. */
  private static final Pattern ON_HUB =
      Pattern.compile("([\\w-][\\w.-]*/[\\w-][\\w.-]*?)(?:@([^/@]+))?(?:/(.+\\.onnx))?");

  /**
   * Loads it.
   *
   * @param err where a download says how far it is
   * @throws ModelLoadException if it cannot be loaded, with advice for the command line
   */
  <T> T load(PrintWriter err, Function<ModelSource, T> loader) {
    try (var progress = new DownloadProgress(err)) {
      Optional<Matcher> onHub = onHub();
      return loader.apply(onHub.isPresent() ? source(onHub.get(), progress) : source());
    } catch (ModelLoadException e) {
      throw new ModelLoadException(forCommandLine(String.valueOf(e.getMessage())), e);
    }
  }

  private Path place() {
    return Path.of(name);
  }

  /**
   * What looks like a name on the hub, unless it is here: a path into a folder that exists is meant
   * as one, right or wrong.
   */
  private Optional<Matcher> onHub() {
    Matcher matcher = ON_HUB.matcher(name);
    return matcher.matches()
            && !(matcher.group(1).endsWith(".onnx") && matcher.group(3) == null)
            && !Files.exists(place().getName(0))
        ? Optional.of(matcher)
        : Optional.empty();
  }

  private static ModelSource source(Matcher onHub, DownloadProgress progress) {
    HubModel.Builder model = HubModel.builder(onHub.group(1)).progress(progress);
    if (onHub.group(2) != null) {
      model.revision(onHub.group(2));
    }
    ModelSource source = ModelSource.hub(model.build());
    return onHub.group(3) == null ? source : source.graph(onHub.group(3));
  }

  private boolean isGraph() {
    return name.endsWith(".onnx") && !Files.isDirectory(place());
  }

  private ModelSource source() {
    return isGraph() ? ModelSource.graphFile(place()) : ModelSource.directory(place());
  }

  /** As {@link ModelSource#graphFile} finds it. */
  private Path folder() {
    if (!isGraph()) {
      return place();
    }
    Path graph = place().toAbsolutePath().normalize();
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
    advised =
        GIVE_FOLDER
            .matcher(advised)
            .replaceAll(call -> Matcher.quoteReplacement("give " + option + " " + call.group(1)));
    if (onHub().isPresent()) {
      return advised + " (no folder " + name + " is here, so the hub was meant)";
    }
    return advised.contains("ModelSource")
        ? advised + "; on the command line: " + option + " FOLDER or FOLDER/FILE.onnx"
        : advised;
  }

  private String shown(String graph) {
    return onHub()
        .map(hub -> hub.group(1) + (hub.group(2) == null ? "" : "@" + hub.group(2)) + "/" + graph)
        .orElseGet(() -> folder().resolve(graph).toString());
  }
}
