package dev.reranker.onnx.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  @TempDir private Path home;

  private Environment with(String... variables) {
    var map = new HashMap<String, String>();
    for (int i = 0; i < variables.length; i += 2) {
      map.put(variables[i], variables[i + 1]);
    }
    return new Environment(map, home);
  }

  @Test
  void theCacheIsWhereItIsForOthers() {
    assertThat(with().cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(with("XDG_CACHE_HOME", "/x").cache()).hasToString("/x/huggingface/hub");
    assertThat(with("XDG_CACHE_HOME", "/x", "HF_HOME", "/hf").cache()).hasToString("/hf/hub");
    assertThat(with("HF_HOME", "~/hf").cache()).isEqualTo(home.resolve("hf/hub"));
    assertThat(with("HF_HOME", "/hf", "HUGGINGFACE_HUB_CACHE", "/old").cache()).hasToString("/old");
    assertThat(with("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/c").cache())
        .hasToString("/c");
  }

  @ParameterizedTest
  @CsvSource({"1,true", "ON,true", "yes,true", "True,true", "0,false", "'',false", "no,false"})
  void flags(String value, boolean set) {
    assertThat(with("HF_HUB_OFFLINE", value).offline()).isEqualTo(set);
    assertThat(with("TRANSFORMERS_OFFLINE", value).offline()).isEqualTo(set);
    assertThat(with("HF_HUB_DISABLE_SYMLINKS", value).links()).isEqualTo(!set);
  }

  @Test
  void theTokenIsTheVariablesOrTheFiles() throws IOException {
    assertThat(with().token()).isEmpty();
    assertThat(with("HF_TOKEN", " hf_a ").token()).contains("hf_a");
    Path file = home.resolve(".cache/huggingface/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "hf_file\n");
    assertThat(with().token()).contains("hf_file");
    assertThat(with("HF_TOKEN", "hf_a").token()).contains("hf_a");
    assertThat(with("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token()).isEmpty();
    assertThat(with("HF_TOKEN_PATH", home.resolve("none").toString()).token()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf_a\nhf_b", "hf ü", "hf a"})
  void aTokenThatIsNoneIsNotShown(String token) {
    assertThatThrownBy(() -> with("HF_TOKEN", token).token())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("HF_TOKEN")
        .hasMessageNotContaining("hf_")
        .hasMessageNotContaining("ü");
  }

  @Test
  void timeouts() {
    assertThat(with().downloadTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(with("HF_HUB_DOWNLOAD_TIMEOUT", "3").downloadTimeout())
        .isEqualTo(Duration.ofSeconds(3));
    assertThatThrownBy(() -> with("HF_HUB_ETAG_TIMEOUT", "soon").answerTimeout())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("HF_HUB_ETAG_TIMEOUT is 'soon'");
    assertThatThrownBy(() -> with("HF_HUB_ETAG_TIMEOUT", "0").answerTimeout())
        .isInstanceOf(ModelLoadException.class);
  }

  @Test
  void emptyVariablesAreUnset() {
    assertThat(with("HF_HOME", "", "HF_TOKEN", " ").token()).isEmpty();
    assertThat(new Environment(Map.of("HF_HUB_CACHE", " "), home).cache())
        .isEqualTo(home.resolve(".cache/huggingface/hub"));
  }
}
