package dev.reranker.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Keeps DJL off the network while it loads a tokenizer: otherwise it asks the cloud's metadata
 * service who it is and, where there is a GPU, may download another native library. System
 * properties are the only way to say so; they are put back afterwards. A user who sets the
 * environment variables {@code DJL_OFFLINE} or {@code RUST_FLAVOR} has the last word: DJL reads
 * those first.
 */
final class DjlOffline {

  private static final Map<String, String> SETTINGS =
      Map.of("ai.djl.offline", "true", "RUST_FLAVOR", "cpu");

  private static final Object LOCK = new Object();

  private DjlOffline() {}

  /** Runs a load under the one lock, offline. */
  static <T> T load(Callable<T> load) throws Exception {
    synchronized (LOCK) {
      var before = new HashMap<String, Optional<String>>();
      try {
        SETTINGS.forEach(
            (key, value) -> before.put(key, Optional.ofNullable(System.setProperty(key, value))));
        return load.call();
      } finally {
        before.forEach(DjlOffline::restore);
      }
    }
  }

  private static void restore(String key, Optional<String> value) {
    value.ifPresentOrElse(v -> System.setProperty(key, v), () -> System.clearProperty(key));
  }
}
