package dev.reranker.onnx.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of a repository, as the hub's own answer describes it.
 *
 * @param name in the repository
 * @param commit of which it is
 * @param address where its content is asked for
 * @param etag the SHA-256 of a large file's content (Git LFS), git's hash of a small one's; without
 *     quotes and the mark of a weak one
 * @param size in bytes
 */
record RemoteFile(String name, String commit, URI address, String etag, long size) {

  private static final Logger log = LoggerFactory.getLogger(RemoteFile.class);

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern GIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** The tag as it names a blob; empty if it cannot. */
  static String etag(String header) {
    String tag = header.strip();
    tag = tag.startsWith("W/") ? tag.substring(2) : tag;
    tag = tag.replace("\"", "");
    String hash = tag.toLowerCase(Locale.ROOT);
    if (isHash(hash)) {
      return hash;
    }
    return NAME.matcher(tag).matches() ? tag : "";
  }

  /** Whether a tag tells the content. */
  static boolean isHash(String etag) {
    return SHA256.matcher(etag).matches() || GIT.matcher(etag).matches();
  }

  /**
   * Checks a content.
   *
   * @return empty if it has the right hash, otherwise the hash that it has
   */
  String hash(Path content) throws IOException {
    MessageDigest digest;
    if (SHA256.matcher(etag).matches()) {
      digest = digest("SHA-256");
    } else if (GIT.matcher(etag).matches()) {
      digest = digest("SHA-1");
      digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
    } else {
      log.warn(
          "{}: the hub gives no hash of it (ETag: {}); only its size was checked", address, etag);
      return "";
    }
    try (InputStream in = Files.newInputStream(content)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    return found.equals(etag) ? "" : found;
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
