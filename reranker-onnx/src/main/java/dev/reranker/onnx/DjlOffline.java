package dev.reranker.onnx;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Keeps DJL off the network and in its own folder while it loads a tokenizer.
 *
 * <p>Otherwise it asks the cloud's metadata service who it is and, where there is a GPU, may
 * download another native library. And it looks for a GPU through JNA, which unpacks a library of
 * its own to the user's cache folder or, where there is no home, below the working directory; here
 * it goes where the tokenizers' library goes, and is deleted once loaded.
 *
 * <p>System properties are the only way to say so; they are put back afterwards. A user who sets
 * the environment variables {@code DJL_OFFLINE} or {@code RUST_FLAVOR}, which DJL reads first, or
 * the system property {@code jna.tmpdir} has the last word.
 */
final class DjlOffline {

  private static final String JNA_FOLDER = "jna.tmpdir";

  private static final Object LOCK = new Object();

  private DjlOffline() {}

  /** Runs a load under the one lock, offline. */
  static <T> T load(Callable<T> load) throws Exception {
    synchronized (LOCK) {
      var before = new HashMap<String, Optional<String>>();
      try {
        settings()
            .forEach(
                (key, value) ->
                    before.put(key, Optional.ofNullable(System.setProperty(key, value))));
        return load.call();
      } finally {
        before.forEach(DjlOffline::restore);
      }
    }
  }

  private static Map<String, String> settings() {
    var settings = new HashMap<>(Map.of("ai.djl.offline", "true", "RUST_FLAVOR", "cpu"));
    if (System.getProperty(JNA_FOLDER) == null) {
      usableFolder().ifPresent(path -> settings.put(JNA_FOLDER, path.toString()));
    }
    return settings;
  }

  /** The folder that the tokenizers' library is unpacked to, whether it can be written or not. */
  static String folder() {
    try {
      return Utils.getEngineCacheDir().toAbsolutePath().toString();
    } catch (InvalidPathException e) {
      return e.getInput();
    }
  }

  private static Optional<Path> usableFolder() {
    try {
      return Optional.of(Files.createDirectories(Path.of(folder()))).filter(Files::isWritable);
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // the load will say so
    }
  }

  private static void restore(String key, Optional<String> value) {
    value.ifPresentOrElse(v -> System.setProperty(key, v), () -> System.clearProperty(key));
  }
}
