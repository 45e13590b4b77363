package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of repositories, revisions and files: what they may be, since files of the cache are named
 * after them, and how they stand in an address.
 */
final class HubNames {

  private static final int LONGEST_ID = 96;
  private static final String PART = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?";
  private static final Pattern ID = Pattern.compile(PART + "(?:/" + PART + ")?");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private HubNames() {}

  /** A repository's name, as huggingface_hub allows it. */
  static String id(String id) {
    if (id.length() > LONGEST_ID
        || !ID.matcher(id).matches()
        || id.contains("--")
        || id.contains("..")) {
      throw new IllegalArgumentException(
          "'%s' is no name of a model on the hub; org/name is expected, with letters, digits, '-', '_' and '.'"
              .formatted(id));
    }
    return id;
  }

  static String revision(String revision) {
    if (!isInside(revision)) {
      throw new IllegalArgumentException(
          "'%s' is no revision; a branch, a tag or a commit's 40 hexadecimal digits are expected"
              .formatted(revision));
    }
    return revision;
  }

  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /** A file's name in a repository, which must stay inside it. */
  static String file(String name) {
    if (!isInside(name)) {
      throw new ModelLoadException(
          "'%s' is no file inside a repository: nothing was read or written there".formatted(name));
    }
    return name;
  }

  /** Whether a relative path with slashes stays below where it starts, on any file system. */
  private static boolean isInside(String path) {
    return !path.isBlank()
        && path.chars().noneMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7f)
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /** The folder of a model in the cache. */
  static String folder(String id) {
    return "models--" + id.replace("/", "--");
  }

  /** Where a file's content is. */
  static URI content(URI endpoint, String id, String revision, String file) {
    String path = Arrays.stream(file.split("/")).map(HubNames::encoded).collect(joined());
    return URI.create(endpoint + "/" + id + "/resolve/" + encoded(revision) + "/" + path);
  }

  /** Where a revision's files are listed. */
  static URI listing(URI endpoint, String id, String revision) {
    return URI.create(endpoint + "/api/models/" + id + "/revision/" + encoded(revision));
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining("/");
  }

  /** One segment of a path, its own slashes encoded. */
  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
