package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.testkit.ChildJvm;
import dev.reranker.testkit.StubHub;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --model ORG/NAME}, in a process with the hub's variables. */
class HubModelOptionTest {

  @TempDir private Path home;
  private final StubHub hub = new StubHub("acme/tiny-rr");

  @BeforeEach
  void fill() throws IOException {
    hub.file("tokenizer.json", resource("/tiny-late/tokenizer.json"))
        .file("onnx/model.onnx", resource("/tiny-late/model.onnx"))
        .file("onnx/model_fp16.onnx", resource("/tiny-late/model.onnx"));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HubModelOptionTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private String score(String model, String... variables) {
    Map<String, String> environment = new HashMap<>();
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    environment.put("HF_HOME", home.toString());
    environment.put("HF_ENDPOINT", hub.endpoint().toString());
    for (String variable : variables) {
      environment.put(variable, "1");
    }
    return ChildJvm.of(Score.class).environment(environment).in(home).run(model);
  }

  @Test
  void aNameIsDownloadedOnce() {
    assertThat(score("acme/tiny-rr")).contains("\"logits\"").contains("exit 0");
    hub.forget();
    assertThat(score("acme/tiny-rr")).contains("\"logits\"").contains("exit 0");
    assertThat(hub.seen()).isEmpty();
    assertThat(score("acme/tiny-rr", "HF_HUB_OFFLINE")).contains("exit 0");
  }

  @Test
  void aRevisionAndAGraphAreChosen() {
    assertThat(score("acme/tiny-rr@v1/onnx/model_fp16.onnx")).contains("exit 0");
    assertThat(hub.seen().getFirst().path()).endsWith("/revision/v1");
    assertThat(hub.seen()).noneMatch(request -> request.path().endsWith("onnx/model.onnx"));
  }

  @Test
  void whatIsNeitherHereNorThereSaysBoth() {
    assertThat(score("acme/other"))
        .contains("404")
        .contains("no folder acme/other is here")
        .contains("exit 1");
  }

  @Test
  void aPathIntoAFolderThatIsHereIsNoName() throws IOException {
    java.nio.file.Files.createDirectories(home.resolve("models"));
    assertThat(score("models/typo")).contains("models/typo does not exist").contains("exit 1");
    assertThat(hub.seen()).isEmpty();
  }

  /** The command, its input and its end in one stream. */
  static final class Score {
    public static void main(String[] arguments) {
      Cli cli =
          Cli.runWithInput(
              "{\"query\": \"whales\", \"passages\": [\"whales\", \"b\"]}\n",
              "score",
              "--model",
              arguments[0]);
      System.out.println(cli.out() + cli.err() + "exit " + cli.exit());
    }
  }
}
