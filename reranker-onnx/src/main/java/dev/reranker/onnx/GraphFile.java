package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ONNX file and the files that hold its weights, all of them checked to be there.
 *
 * @param file the graph
 * @param bytes its content, if it does not lie on disk
 * @param data the files of its weights; empty where the graph holds them itself
 * @param quantizesInputs whether what a row gives may depend on what else is in its batch
 */
record GraphFile(
    ModelFile file, Optional<byte[]> bytes, List<ModelFile> data, boolean quantizesInputs) {

  /** Found in what is not of the form of an ONNX file: ONNX Runtime says what it makes of it. */
  private static final ExternalData.Found NOTHING = new ExternalData.Found(Map.of(), true);

  /** Looks into a graph and for its weights. */
  static GraphFile open(ModelFile file) {
    if (file.path().isEmpty()) {
      byte[] bytes = file.read();
      ExternalData.Found found = found(new ByteArrayInputStream(bytes));
      requireSome(file, bytes.length);
      if (!found.sizes().isEmpty()) {
        throw new ModelLoadException(
            "%s keeps its weights in %s, which cannot be read from inside an archive: unpack the model to a directory and give ModelSource.directory(..)"
                .formatted(file.name(), found.sizes().keySet()));
      }
      return new GraphFile(file, Optional.of(bytes), List.of(), found.quantizesInputs());
    }
    ExternalData.Found found;
    try (InputStream in = new BufferedInputStream(file.open(), 1 << 16)) {
      requireSome(file, Files.size(file.path().get()));
      found = found(in);
    } catch (IOException e) {
      throw file.unreadable(e);
    }
    var data = new ArrayList<ModelFile>();
    for (Map.Entry<String, Long> entry : found.sizes().entrySet()) {
      data.add(data(file, file.path().get(), entry.getKey(), entry.getValue()));
    }
    return new GraphFile(file, Optional.empty(), List.copyOf(data), found.quantizesInputs());
  }

  private static ExternalData.Found found(InputStream in) {
    try {
      return ExternalData.of(in);
    } catch (IOException e) {
      return NOTHING;
    }
  }

  private static void requireSome(ModelFile file, long size) {
    if (size == 0) {
      throw new ModelLoadException(
          file.name() + " is not a model that ONNX Runtime can run (0 bytes): get it again");
    }
  }

  private static ModelFile data(ModelFile graph, Path path, String location, long size) {
    Path data;
    try {
      data = path.resolveSibling(location);
      Path relative = Path.of(location);
      if (relative.isAbsolute() || relative.normalize().startsWith("..")) {
        throw new ModelLoadException(
            "%s keeps its weights in %s, outside its own directory, where ONNX Runtime does not read: put them beside the graph and save it with that location"
                .formatted(graph.name(), location));
      }
    } catch (InvalidPathException e) {
      throw new ModelLoadException(
          "%s keeps its weights in '%s', which is no file's name here"
              .formatted(graph.name(), location),
          e);
    }
    ModelFile file = ModelFile.at(data);
    if (file == null) {
      throw new ModelLoadException(
          "%s keeps its weights in %s, which is missing: get that file too and put it beside the graph"
              .formatted(graph.name(), data));
    }
    long there;
    try {
      there = Files.size(data);
    } catch (IOException e) {
      throw file.unreadable(e);
    }
    file.check();
    requireOneName(graph, data);
    if (there < size) {
      throw new ModelLoadException(
          "%s has %d bytes, and %s asks for %d: the file is cut short or of another model; get it again"
              .formatted(data, there, graph.name(), size));
    }
    return file;
  }

  /**
   * Refuses weights that have a second name on the disk: that may be a file from outside the
   * folder, which the graph would read in. ONNX's own loader does so too (onnx/onnx#7686).
   */
  private static void requireOneName(ModelFile graph, Path data) throws ModelLoadException {
    Object names;
    try {
      names = Files.getAttribute(data, "unix:nlink");
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return; // No such thing is known here.
    }
    if (names instanceof Integer count && count > 1) {
      throw new ModelLoadException(
          "%s keeps its weights in %s, which has %d names on the disk (hard links), so that it may be a file from elsewhere: copy it, which makes it a file of its own"
              .formatted(graph.name(), data, count));
    }
  }

  String name() {
    return file.name();
  }

  /** Opens the graph; the caller closes the stream. */
  InputStream stream() throws IOException {
    return bytes.isPresent() ? new ByteArrayInputStream(bytes.get()) : file.open();
  }
}
