package dev.reranker.onnx.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses and names (case h01, and the names of h05). */
class HubNamesTest {

  private static URI endpoint(String variable) {
    return new Environment(Map.of("HF_ENDPOINT", variable), Path.of("/home/me")).endpoint();
  }

  @ParameterizedTest
  @CsvSource({
    "'', acme/tiny-rr, main, config.json,"
        + " https://huggingface.co/acme/tiny-rr/resolve/main/config.json",
    "'  ', acme/tiny-rr, main, config.json,"
        + " https://huggingface.co/acme/tiny-rr/resolve/main/config.json",
    "http://127.0.0.1:8900/, acme/tiny-rr, main, config.json,"
        + " http://127.0.0.1:8900/acme/tiny-rr/resolve/main/config.json",
    "' http://127.0.0.1:8900 ', acme/tiny-rr, main, config.json,"
        + " http://127.0.0.1:8900/acme/tiny-rr/resolve/main/config.json",
    "http://127.0.0.1:8900/mirror/hf, acme/tiny-rr, main, config.json,"
        + " http://127.0.0.1:8900/mirror/hf/acme/tiny-rr/resolve/main/config.json",
    "http://127.0.0.1:8900/mirror/hf//, acme/tiny-rr, main, onnx/model.onnx,"
        + " http://127.0.0.1:8900/mirror/hf/acme/tiny-rr/resolve/main/onnx/model.onnx",
    "'', acme/tiny-rr, refs/pr/7, config.json,"
        + " https://huggingface.co/acme/tiny-rr/resolve/refs%2Fpr%2F7/config.json",
    "'', acme/tiny-rr, a%20b, config.json,"
        + " https://huggingface.co/acme/tiny-rr/resolve/a%2520b/config.json",
    "'', acme/tiny-rr, v1+fix, onnx/model q8#1.onnx,"
        + " https://huggingface.co/acme/tiny-rr/resolve/v1%2Bfix/onnx/model%20q8%231.onnx",
    "'', tiny-rr, main, config.json, https://huggingface.co/tiny-rr/resolve/main/config.json",
    "'', acme/tiny-rr, main, größe/模型?.json,"
        + " https://huggingface.co/acme/tiny-rr/resolve/main/gr%C3%B6%C3%9Fe/%E6%A8%A1%E5%9E%8B%3F.json"
  })
  void addressOfAFile(String endpoint, String id, String revision, String file, String expected) {
    assertThat(HubNames.content(endpoint(endpoint), HubNames.id(id), revision, file))
        .hasToString(expected);
  }

  @Test
  void addressOfTheList() {
    assertThat(HubNames.listing(endpoint("http://h:1/m/"), "acme/tiny-rr", "refs/pr/7"))
        .hasToString("http://h:1/m/api/models/acme/tiny-rr/revision/refs%2Fpr%2F7");
  }

  @Test
  void foldersOfTheCache() {
    var cache = new HubCache(Path.of("/c"), "acme/tiny-rr", true);
    assertThat(cache.folder()).hasToString("/c/models--acme--tiny-rr");
    assertThat(cache.refFile("refs/pr/7")).hasToString("/c/models--acme--tiny-rr/refs/refs/pr/7");
    assertThat(new HubCache(Path.of("/c"), "tiny-rr", true).folder())
        .hasToString("/c/models--tiny-rr");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "huggingface.co",
        "ftp://huggingface.co",
        "https://",
        "https:///path",
        "http://user:secret@hub",
        "https://hub?x=1",
        "https://hub#x",
        "http://a b"
      })
  void noAddressIsNamed(String variable) {
    assertThatThrownBy(() -> endpoint(variable))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("HF_ENDPOINT is '")
        .hasMessageContaining("https://huggingface.co is expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a/b/c",
        "/a",
        "a/",
        "../a",
        "a/..",
        "a--b/c",
        "a..b",
        "-a/b",
        "a/b.",
        "a b/c",
        "a\\b",
        "https://huggingface.co/a/b",
        "a/b@main",
        "ä/b"
      })
  void noNameOfAModel(String id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HubModel.builder(id))
        .withMessageContaining("'" + id + "'")
        .withMessageContaining("org/name");
    assertThatIllegalArgumentException().isThrownBy(() -> HubModel.of("a/" + "b".repeat(95)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "/x",
        "C:x",
        "..\\x",
        "\\\\host\\x",
        "a/../../x",
        "a/./b",
        "a//b",
        "a/",
        "",
        " ",
        "a\nb",
        "a\u0000b"
      })
  void noFileInside(String name) {
    assertThatThrownBy(() -> HubNames.file(name))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("nothing was read or written");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HubModel.builder("a/b").revision(name))
        .withMessageContaining("no revision");
  }
}
