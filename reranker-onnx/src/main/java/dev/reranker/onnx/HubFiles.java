package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.hub.HubModel;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model's files on the hub: a graph comes with the files that it names. */
final class HubFiles {

  private HubFiles() {}

  /** A file, downloaded if need be; null where the model has none. */
  static @Nullable ModelFile find(HubModel model, String name) {
    Optional<Path> path = model.file(name);
    @Nullable ModelFile file = path.map(ModelFile::at).orElse(null);
    if (file != null && name.endsWith(".onnx")) {
      for (String weights : weights(file)) {
        // What is missing is named when the graph is opened; what leads outside is refused there
        // too.
        model.file(name.substring(0, name.lastIndexOf('/') + 1) + weights);
      }
    }
    return file;
  }

  private static Set<String> weights(ModelFile graph) {
    try (InputStream in = new BufferedInputStream(graph.open(), 1 << 16)) {
      return ExternalData.of(in).sizes().keySet();
    } catch (IOException e) {
      return Set.of(); // No ONNX file: ONNX Runtime says what it makes of it.
    }
  }

  /**
   * The graphs that the model has.
   *
   * @throws ModelLoadException if it has none, with the way out
   */
  static List<String> graphs(HubModel model) {
    List<String> there = GraphNames.of(model.files());
    if (!there.isEmpty()) {
      return there;
    }
    if (model.isOffline()) {
      throw new ModelLoadException(
          "%s is offline, and its graph is not in the cache: go online once".formatted(model));
    }
    String name = shortName(model.id());
    throw new ModelLoadException(
        "%s has no ONNX file: export it once, with Python, by 'pip install optimum-onnx[onnxruntime]' and 'optimum-cli export onnx --model %s %s-onnx', and give ModelSource.directory(Path.of(\"%s-onnx\"))"
            .formatted(model, model.id(), name, name));
  }

  private static String shortName(String id) {
    return id.substring(id.lastIndexOf('/') + 1);
  }
}
