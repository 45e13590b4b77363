package dev.reranker.onnx.hub;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The hub's parsers, for {@code ParserFuzz}. */
public final class HubFuzz {

  private HubFuzz() {}

  /** A list of files. */
  public static int listing(byte[] bytes) {
    String json = new String(bytes, StandardCharsets.UTF_8);
    return Listing.parse(json, URI.create("http://hub/list")).files().size();
  }

  /** Names, addresses, tags. */
  public static int names(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int length = RemoteFile.etag(text).length();
    length += Environment.endpoint("fuzzed", text).toString().length();
    String file = HubNames.file(text);
    return length + HubNames.content(URI.create("http://hub"), "a/b", "main", file).hashCode() % 9;
  }
}
