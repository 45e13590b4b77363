package dev.reranker.onnx;

import com.google.gson.JsonElement;
import dev.reranker.error.ModelLoadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code modules.json} lists, in order.
 *
 * @param present whether there is such a file
 * @param list the modules
 */
record Modules(boolean present, List<Module> list) {

  static final String FILE = "modules.json";

  /** Modules that the vectors of a bi-encoder may go through here; dropout does nothing at work. */
  private static final Set<String> KNOWN = Set.of("Transformer", "Pooling", "Normalize", "Dropout");

  /**
   * One module.
   *
   * @param type its Python class, for example {@code sentence_transformers.models.Pooling} of old
   *     releases and {@code sentence_transformers.sentence_transformer.modules.pooling.Pooling} of
   *     new ones
   * @param path its folder; empty for the model's own
   */
  record Module(String type, String path) {

    String simpleName() {
      return type.substring(type.lastIndexOf('.') + 1);
    }

    /** Whether this is sentence-transformers' own class of that name, not somebody's code. */
    boolean is(String name) {
      return simpleName().equals(name) && type.startsWith("sentence_transformers.");
    }

    boolean known() {
      return KNOWN.stream().anyMatch(this::is);
    }
  }

  static Modules read(ModelSource source) {
    Optional<List<JsonElement>> json = JsonFile.readList(source, FILE);
    if (json.isEmpty()) {
      return new Modules(false, List.of());
    }
    var modules = new ArrayList<Module>();
    for (JsonElement element : json.get()) {
      JsonFile entry = JsonFile.entry(source, FILE, element);
      String type = entry.text("type").orElse("a module without a type");
      String path = entry.text("path").orElse(type.endsWith("Pooling") ? "1_Pooling" : "");
      if (path.startsWith("/") || path.contains("..") || path.contains(":")) {
        throw entry.refuse("path", "a folder inside the model's is expected");
      }
      modules.add(new Module(type, path.replaceAll("/+$", "")));
    }
    return new Modules(true, List.copyOf(modules));
  }

  /** The folder of the transformer's files; empty for the model's own. */
  String transformerPath() {
    return list.stream()
        .filter(module -> module.is("Transformer"))
        .map(Module::path)
        .findFirst()
        .orElse("");
  }

  List<Module> all(String name) {
    return list.stream().filter(module -> module.is(name)).toList();
  }

  /** The types besides a transformer, pooling and normalisation. */
  List<String> others() {
    return list.stream().filter(module -> !module.known()).map(Module::type).toList();
  }

  /** Refuses modules that are not computed here. */
  void requireKnown(ModelSource source) {
    if (!others().isEmpty()) {
      throw new ModelLoadException(
          "modules.json in %s lists %s; Transformer, Pooling and Normalize of sentence-transformers are supported: export the graph with all modules, as sentence_embedding"
              .formatted(source, others().get(0)));
    }
  }
}
