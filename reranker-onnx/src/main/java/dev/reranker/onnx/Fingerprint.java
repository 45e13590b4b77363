package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A model's identity: SHA-256 over the content of its graph, its weights and its tokenizer, and
 * over the settings that change what it gives. Names and places are not part of it, nor are
 * settings that only change the speed. Two models with the same fingerprint give the same, up to
 * rounding.
 */
final class Fingerprint {

  /** Goes up when the same model would get another one. */
  private static final String VERSION = "v1-";

  /** Hexadecimal digits that are shown: 128 bits. */
  private static final int DIGITS = 32;

  private final byte[] content;
  private final SortedMap<String, String> settings;

  private Fingerprint(byte[] content, SortedMap<String, String> settings) {
    this.content = content;
    this.settings = settings;
  }

  /** The same content with one more setting. */
  Fingerprint with(String key, Object value) {
    var more = new TreeMap<>(settings);
    more.put(key, value.toString());
    return new Fingerprint(content, more);
  }

  /** The version, then hexadecimal digits. */
  @Override
  public String toString() {
    MessageDigest digest = sha256();
    digest.update(content);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      update(digest, setting.getKey());
      update(digest, setting.getValue());
    }
    return VERSION + HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  /** The digest of a small file, for {@link #with}. */
  static String digest(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  /** The digest of a small graph and its weights, for {@link #with}. */
  static String digest(GraphFile graph) {
    var digest = new StringBuilder(digest(graph.file().read()));
    graph.data().forEach(weights -> digest.append(digest(weights.read())));
    return digest.toString();
  }

  /** A text behind its length, so that no two lists of texts look alike. */
  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Reads a model's files on a thread of its own while the model is loaded. Closing gives up a
   * reading that nobody waits for any more.
   */
  static final class Reading implements AutoCloseable {

    private final GraphFile graph;
    private final ModelFile tokenizer;
    private final List<Optional<Object>> before;
    private final FutureTask<byte[]> task = new FutureTask<>(this::read);

    private Reading(GraphFile graph, ModelFile tokenizer) {
      this.graph = graph;
      this.tokenizer = tokenizer;
      this.before = stamps();
    }

    static Reading start(GraphFile graph, ModelFile tokenizer) {
      var reading = new Reading(graph, tokenizer);
      Thread.ofPlatform().daemon().name("reranker-fingerprint").start(reading.task);
      return reading;
    }

    private List<Optional<Object>> stamps() {
      var stamps = new ArrayList<Optional<Object>>();
      stamps.add(graph.file().stamp());
      stamps.add(tokenizer.stamp());
      graph.data().forEach(file -> stamps.add(file.stamp()));
      return stamps;
    }

    private byte[] read() throws IOException {
      MessageDigest all = sha256();
      try (InputStream in = graph.stream()) {
        all.update(digest(in));
      }
      for (ModelFile file : graph.data()) {
        try (InputStream in = file.open()) {
          all.update(digest(in));
        }
      }
      try (InputStream in = tokenizer.open()) {
        all.update(digest(in));
      }
      return all.digest();
    }

    private byte[] digest(InputStream in) throws IOException {
      MessageDigest digest = sha256();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (task.isCancelled()) {
          throw new CancellationException();
        }
        digest.update(buffer, 0, read);
      }
      return digest.digest();
    }

    /**
     * Waits for the reading to end.
     *
     * @throws ModelLoadException if a file could not be read, or was changed since the start
     */
    Fingerprint fingerprint() {
      byte[] content = await();
      if (!stamps().equals(before)) {
        throw new ModelLoadException(
            graph.name()
                + " or a file beside it was changed while it was being loaded: load the model again"
                + " when nobody writes to it");
      }
      return new Fingerprint(content, new TreeMap<>());
    }

    /** Loading is not interruptible, in ONNX Runtime neither; the caller stays interrupted. */
    private byte[] await() {
      boolean interrupted = false;
      try {
        while (true) {
          try {
            return task.get();
          } catch (InterruptedException e) {
            interrupted = true;
          } catch (ExecutionException e) {
            throw new ModelLoadException(
                "%s or a file beside it cannot be read (%s): check that the files are readable"
                    .formatted(graph.name(), e.getCause()),
                e.getCause());
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public void close() {
      task.cancel(false);
    }
  }
}
