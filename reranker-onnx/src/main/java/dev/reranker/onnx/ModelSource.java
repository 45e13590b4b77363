package dev.reranker.onnx;

import dev.reranker.ModelLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's files are: a directory, the class path, or single files.
 *
 * <p>The files are those of the Hugging Face layout. Two are required: the graph ({@code
 * model.onnx} or {@code onnx/model.onnx}) and {@code tokenizer.json}. The others tell the model's
 * facts where they are present: {@code config.json}, {@code tokenizer_config.json}, {@code
 * sentence_bert_config.json}, {@code modules.json}, {@code 1_Pooling/config.json}, {@code
 * config_sentence_transformers.json}.
 *
 * <p>Nothing is downloaded, and nothing is read before a model is built from the source.
 */
public final class ModelSource {

  static final List<String> GRAPH = List.of("model.onnx", "onnx/model.onnx");
  static final List<String> TOKENIZER = List.of("tokenizer.json");

  /**
   * Where no folder can be listed, these are tried: what Optimum and others call their variants.
   */
  private static final List<String> VARIANTS =
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

  private final String name;
  private final String place;
  private final Function<String, @Nullable ModelFile> files;
  private final Supplier<List<String>> graphs;
  private final List<String> graph;

  private ModelSource(
      String name,
      String place,
      Function<String, @Nullable ModelFile> files,
      Supplier<List<String>> graphs,
      List<String> graph) {
    this.name = name;
    this.place = place;
    this.files = files;
    this.graphs = graphs;
    this.graph = graph;
  }

  /**
   * A directory in the Hugging Face layout.
   *
   * @param directory the directory; links in it are followed
   * @return the source, named after the directory
   */
  public static ModelSource directory(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return new ModelSource(
        fileName(absolute),
        "directory " + absolute,
        file -> {
          requireDirectory(absolute);
          return ModelFile.at(absolute.resolve(file));
        },
        () -> graphsIn(absolute),
        GRAPH);
  }

  /**
   * The model that a graph file belongs to: the file's directory, or the one above it if that is
   * called {@code onnx}. The same as {@code directory(..).graph(..)}.
   *
   * @param graph the ONNX file
   * @return the source, named after the directory
   */
  public static ModelSource graphFile(Path graph) {
    Path absolute = graph.toAbsolutePath().normalize();
    Path directory = Objects.requireNonNullElse(absolute.getParent(), absolute);
    Path above = directory.getParent();
    if (above != null && fileName(directory).equals("onnx")) {
      directory = above;
    }
    return directory(directory).graph(directory.relativize(absolute).toString().replace('\\', '/'));
  }

  /**
   * A folder on the class path in the Hugging Face layout, found by the thread's context class
   * loader or the one that loaded this library.
   *
   * @param folder the folder, for example {@code "models/my-reranker"}
   * @return the source, named after the folder's last part
   */
  public static ModelSource classpath(String folder) {
    String root = folder.replaceAll("^/+|/+$", "");
    Function<String, @Nullable ModelFile> files = file -> resource(root + "/" + file);
    return new ModelSource(
        root.substring(root.lastIndexOf('/') + 1),
        "class path folder " + root,
        files,
        () -> VARIANTS.stream().filter(file -> files.apply(file) != null).toList(),
        GRAPH);
  }

  /**
   * The two required files, each by its path, without the optional ones.
   *
   * @param model the ONNX file
   * @param tokenizer the tokenizer's JSON file
   * @return the source, named after the ONNX file
   */
  public static ModelSource files(Path model, Path tokenizer) {
    Map<String, Path> paths =
        Map.of(GRAPH.get(0), model.toAbsolutePath(), TOKENIZER.get(0), tokenizer.toAbsolutePath());
    return new ModelSource(
        withoutExtension(fileName(model)),
        "files " + model.toAbsolutePath() + " and " + tokenizer.toAbsolutePath(),
        file -> {
          Path path = paths.get(file);
          return path == null ? null : ModelFile.at(path);
        },
        List::of,
        GRAPH);
  }

  /**
   * The two required files as class path resources, without the optional ones.
   *
   * @param model the ONNX file's resource name
   * @param tokenizer the tokenizer JSON's resource name
   * @return the source, named after the ONNX file
   */
  public static ModelSource resources(String model, String tokenizer) {
    Map<String, String> names = Map.of(GRAPH.get(0), model, TOKENIZER.get(0), tokenizer);
    return new ModelSource(
        withoutExtension(model.substring(model.lastIndexOf('/') + 1)),
        "class path resources " + model + " and " + tokenizer,
        file -> {
          String resource = names.get(file);
          return resource == null ? null : resource(resource);
        },
        List::of,
        GRAPH);
  }

  /**
   * The same model with another graph, for example a quantised one; all other files stay in effect.
   *
   * @param file the ONNX file, relative to the model's folder, for example {@code
   *     "onnx/model_quantized.onnx"}
   * @return a new source of the same name
   * @throws IllegalStateException if this source was made from single files
   */
  public ModelSource graph(String file) {
    if (!place.startsWith("directory ") && !place.startsWith("class path folder ")) {
      throw new IllegalStateException(
          "the graph of " + place + " is already chosen: give another file instead");
    }
    return new ModelSource(name, place, files, graphs, List.of(file));
  }

  /**
   * The name under which models from here appear in results.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /** Where errors say the files were looked for. */
  @Override
  public String toString() {
    return place;
  }

  /** The first of these files that is there. */
  Optional<ModelFile> find(List<String> candidates) {
    return candidates.stream().map(files).filter(Objects::nonNull).findFirst();
  }

  /** The graph: the chosen file, or the one with the usual name. */
  ModelFile graph() {
    return find(graph).orElseThrow(this::noGraph).check();
  }

  /** Whether the graph is there. */
  boolean hasGraph() {
    return find(graph).isPresent();
  }

  /** The first of these files; an error that names them where none is there. */
  ModelFile require(List<String> candidates) {
    return find(candidates).orElseThrow(() -> missing(candidates)).check();
  }

  private ModelLoadException missing(List<String> candidates) {
    return new ModelLoadException(
        "%s is missing in %s: a model needs model.onnx (or onnx/model.onnx) and tokenizer.json%s"
            .formatted(String.join(" or ", candidates), place, above(candidates)));
  }

  /** Whoever gives the folder of the graphs means the one above. */
  private String above(List<String> candidates) {
    for (String file : candidates) {
      try {
        if (place.startsWith("directory ") && files.apply("../" + file) != null) {
          return "; "
              + file
              + " is in the directory above: give that one, and choose the graph by"
              + " ModelSource.directory(..).graph(..) if it is not model.onnx";
        }
      } catch (ModelLoadException e) {
        return "";
      }
    }
    return "";
  }

  private ModelLoadException noGraph() {
    List<String> there = graphs.get();
    if (there.isEmpty()) {
      return missing(graph);
    }
    return new ModelLoadException(
        "%s is missing in %s, but %s %s there: choose one by ModelSource.directory(..).graph(\"%s\")"
            .formatted(
                String.join(" or ", graph),
                place,
                String.join(", ", there),
                there.size() == 1 ? "is" : "are",
                there.get(0)));
  }

  private static void requireDirectory(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    String what = Files.exists(directory) ? " is not a directory" : " does not exist";
    String advice =
        fileName(directory).endsWith(".onnx") && Files.exists(directory)
            ? ": give ModelSource.graphFile(..), or the directory and its graph(..)"
            : ": give the directory with the model's files, "
                + "model.onnx (or onnx/model.onnx) and tokenizer.json";
    throw new ModelLoadException(directory + what + advice);
  }

  private static List<String> graphsIn(Path directory) {
    try (Stream<Path> files =
        Files.walk(directory, 2, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
      return files
          .filter(file -> fileName(file).endsWith(".onnx") && Files.isRegularFile(file))
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // What cannot be listed is not offered; the error says what is missing.
    }
  }

  private static @Nullable ModelFile resource(String resource) {
    URL url = null;
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      url = context.getResource(resource);
    }
    if (url == null) {
      url = ModelSource.class.getResource("/" + resource);
    }
    return url == null ? null : ModelFile.of(url);
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }

  private static String withoutExtension(String file) {
    return file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
  }
}
