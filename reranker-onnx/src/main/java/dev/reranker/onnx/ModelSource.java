package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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

  /** How the small text begins that a clone without Git LFS has in place of a large file. */
  private static final byte[] GIT_LFS =
      "version https://git-lfs.".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final String place;
  private final Function<String, @Nullable ModelFile> files;

  private ModelSource(String name, String place, Function<String, @Nullable ModelFile> files) {
    this.name = name;
    this.place = place;
    this.files = files;
  }

  /**
   * A directory in the Hugging Face layout.
   *
   * @param directory the directory
   * @return the source, named after the directory
   */
  public static ModelSource directory(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return new ModelSource(
        fileName(absolute),
        "directory " + absolute,
        file -> {
          if (!Files.isDirectory(absolute)) {
            throw new ModelLoadException(
                absolute
                    + (Files.exists(absolute) ? " is not a directory" : " does not exist")
                    + ": give the directory with the model's files, "
                    + "model.onnx (or onnx/model.onnx) and tokenizer.json");
          }
          Path path = absolute.resolve(file);
          return Files.isRegularFile(path) ? ModelFile.of(path) : null;
        });
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
    return new ModelSource(
        root.substring(root.lastIndexOf('/') + 1),
        "class path folder " + root,
        file -> resource(root + "/" + file));
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
          return path != null && Files.isRegularFile(path) ? ModelFile.of(path) : null;
        });
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
        });
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

  /** The first of these files; an error that names them where none is there. */
  ModelFile require(List<String> candidates) {
    ModelFile file =
        find(candidates)
            .orElseThrow(
                () ->
                    new ModelLoadException(
                        "%s is missing in %s: a model needs model.onnx (or onnx/model.onnx) and tokenizer.json"
                            .formatted(String.join(" or ", candidates), place)));
    if (file.startsWith(GIT_LFS)) {
      throw new ModelLoadException(
          file.name()
              + " is a pointer of Git LFS, not the file itself: run 'git lfs pull' in the clone,"
              + " or download the file");
    }
    return file;
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

  /** One file of a model: on disk, or a class path resource. */
  record ModelFile(String name, Optional<Path> path, Opener opener) {

    @FunctionalInterface
    interface Opener {
      InputStream open() throws IOException;
    }

    static ModelFile of(Path path) {
      return new ModelFile(path.toString(), Optional.of(path), () -> Files.newInputStream(path));
    }

    static ModelFile of(URL url) {
      return new ModelFile(url.toString(), Optional.empty(), url::openStream);
    }

    byte[] read() {
      return read(Integer.MAX_VALUE);
    }

    boolean startsWith(byte[] beginning) {
      return Arrays.equals(read(beginning.length), beginning);
    }

    private byte[] read(int most) {
      try (InputStream in = opener.open()) {
        return in.readNBytes(most);
      } catch (IOException e) {
        throw new ModelLoadException(
            name + " cannot be read (" + e + "): check that the file is there and readable", e);
      }
    }
  }
}
