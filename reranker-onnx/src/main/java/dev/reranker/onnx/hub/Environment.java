package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the process's environment says of the hub, in the variables that <a
 * href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">Hugging
 * Face's clients</a> read, with their defaults.
 *
 * @param variables the environment's
 * @param home the user's home directory
 */
record Environment(Map<String, String> variables, Path home) {

  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final URI HUB = URI.create("https://huggingface.co");

  static Environment ofProcess() {
    return new Environment(System.getenv(), Path.of(System.getProperty("user.home", ".")));
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private boolean flag(String name) {
    return text(name).filter(value -> TRUE.contains(value.toUpperCase(Locale.ROOT))).isPresent();
  }

  private Optional<Path> path(String name) {
    return text(name)
        .map(value -> value.startsWith("~/") ? home.resolve(value.substring(2)) : Path.of(value));
  }

  URI endpoint() {
    return text("HF_ENDPOINT").map(value -> endpoint("HF_ENDPOINT", value)).orElse(HUB);
  }

  /**
   * An address of a hub, without the slashes at its end.
   *
   * @param source where the value is from, for the error
   */
  static URI endpoint(String source, String value) {
    try {
      URI uri = new URI(value.strip().replaceAll("/+$", ""));
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (Set.of("http", "https").contains(scheme)
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    throw new ModelLoadException(
        "%s is '%s'; an address like https://huggingface.co is expected".formatted(source, value));
  }

  private Path hubHome() {
    return path("HF_HOME")
        .or(() -> path("XDG_CACHE_HOME").map(cache -> cache.resolve("huggingface")))
        .orElseGet(() -> home.resolve(".cache").resolve("huggingface"));
  }

  Path cache() {
    return path("HF_HUB_CACHE")
        .or(() -> path("HUGGINGFACE_HUB_CACHE"))
        .orElseGet(() -> hubHome().resolve("hub"));
  }

  /**
   * The token of the environment, or the one that {@code hf auth login} left.
   *
   * @throws ModelLoadException if its file cannot be read
   */
  Optional<String> token() {
    if (flag("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return Optional.empty();
    }
    Optional<String> token = text("HF_TOKEN").or(() -> text("HUGGING_FACE_HUB_TOKEN"));
    Path file = path("HF_TOKEN_PATH").orElseGet(() -> hubHome().resolve("token"));
    String source = token.isPresent() ? "HF_TOKEN" : file.toString();
    if (token.isEmpty() && Files.exists(file)) {
      try {
        token = Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
      } catch (IOException e) {
        throw new ModelLoadException(
            "the hub's token in %s cannot be read (%s): make the file readable, set HF_TOKEN, or HF_HUB_DISABLE_IMPLICIT_TOKEN=1"
                .formatted(file, e),
            e);
      }
    }
    if (token.isPresent() && !isToken(token.get())) {
      throw new ModelLoadException(
          "the hub's token in %s has characters that no token has: copy it again"
              .formatted(source));
    }
    return token;
  }

  /** Whether a header can hold it, and nothing of it ends up in an error of the HTTP client. */
  static boolean isToken(String token) {
    return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  boolean offline() {
    return flag("HF_HUB_OFFLINE") || flag("TRANSFORMERS_OFFLINE");
  }

  /** Whether files in snapshots are links to blobs, where the file system has links. */
  boolean links() {
    return !flag("HF_HUB_DISABLE_SYMLINKS");
  }

  /** How long an answer's start may take. */
  Duration answerTimeout() {
    return seconds("HF_HUB_ETAG_TIMEOUT");
  }

  /** How long a download may bring nothing. */
  Duration downloadTimeout() {
    return seconds("HF_HUB_DOWNLOAD_TIMEOUT");
  }

  private Duration seconds(String name) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return Duration.ofSeconds(10);
    }
    try {
      int seconds = Integer.parseInt(value.get());
      if (seconds > 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new ModelLoadException(
        "%s is '%s'; a whole number of seconds from 1 is expected".formatted(name, value.get()));
  }
}
