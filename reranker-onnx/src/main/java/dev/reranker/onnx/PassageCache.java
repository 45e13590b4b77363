package dev.reranker.onnx;

import dev.reranker.prepared.PreparedPassage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passages that were read lately, by a digest of their texts, up to a number of bytes; the one that
 * was not used for longest goes first. Thread-safe.
 */
final class PassageCache {

  /** What an entry takes beside the passage's own bytes: key, map and headers, roughly. */
  private static final int ENTRY_BYTES = 256;

  private final long most;
  private final Map<Key, PreparedPassage> passages = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** The SHA-256 of a text. */
  record Key(String digest) {}

  PassageCache(long most) {
    this.most = most;
  }

  static Key key(String text) {
    return new Key(Fingerprint.digest(text.getBytes(StandardCharsets.UTF_16LE)));
  }

  synchronized @Nullable PreparedPassage get(Key key) {
    return passages.get(key);
  }

  synchronized void put(Key key, PreparedPassage passage) {
    if (size(passage) > most) {
      return; // it would put out all others, and not stay itself
    }
    PreparedPassage old = passages.put(key, passage);
    bytes += size(passage) - (old == null ? 0 : size(old));
    var eldest = passages.values().iterator();
    while (bytes > most && eldest.hasNext()) {
      bytes -= size(eldest.next());
      eldest.remove();
    }
  }

  private static long size(PreparedPassage passage) {
    return (long) passage.size() + ENTRY_BYTES;
  }
}
