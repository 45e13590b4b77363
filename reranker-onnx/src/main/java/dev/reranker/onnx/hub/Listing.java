package dev.reranker.onnx.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.reranker.error.ModelLoadException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The files of one commit, by their names.
 *
 * @param commit its 40 hexadecimal digits
 * @param files what is known of each
 */
record Listing(String commit, Map<String, Entry> files) {

  /**
   * A file as a list has it.
   *
   * @param hash the SHA-256 of a large file, git's hash of a small one, if the list has them
   * @param size in bytes, if the list has it
   */
  record Entry(Optional<String> hash, OptionalLong size) {}

  /** Reads the hub's answer; a name that leaves the repository is refused with all of it. */
  static Listing parse(String json, URI address) {
    try {
      if (JsonParser.parseString(json) instanceof JsonObject answer
          && answer.get("siblings") instanceof JsonArray siblings) {
        String commit = text(answer, "sha").orElse("");
        if (!HubNames.isCommit(commit)) {
          throw new ModelLoadException(
              "%s gives '%s' as the commit; 40 hexadecimal digits are expected"
                  .formatted(address, commit));
        }
        var files = new TreeMap<String, Entry>();
        for (JsonElement sibling : siblings) {
          if (sibling instanceof JsonObject file) {
            text(file, "rfilename").ifPresent(name -> files.put(HubNames.file(name), entry(file)));
          }
        }
        return new Listing(commit, files);
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw new ModelLoadException(
          "%s does not answer in the hub's JSON: check HF_ENDPOINT".formatted(address), e);
    }
    throw new ModelLoadException(
        "%s answers without a list of files ('siblings'): check HF_ENDPOINT".formatted(address));
  }

  private static Entry entry(JsonObject file) {
    Optional<String> hash =
        file.get("lfs") instanceof JsonObject lfs ? text(lfs, "sha256") : text(file, "blobId");
    OptionalLong size =
        file.get("size") instanceof JsonPrimitive number && number.isNumber()
            ? OptionalLong.of(number.getAsLong())
            : OptionalLong.empty();
    return new Entry(hash.map(RemoteFile::etag).filter(tag -> !tag.isEmpty()), size);
  }

  private static Optional<String> text(JsonObject object, String key) {
    return object.get(key) instanceof JsonPrimitive value && value.isString()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }
}
