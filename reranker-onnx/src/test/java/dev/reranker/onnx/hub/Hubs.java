package dev.reranker.onnx.hub;

import dev.reranker.testkit.StubHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;

/** A model on the stub, in a cache of the test's own, asked again without delay. */
final class Hubs {

  static final String ID = "acme/tiny-rr";

  private Hubs() {}

  static HubModel.Builder model(StubHub hub, Path home) {
    return model(home, Map.of("HF_ENDPOINT", hub.endpoint().toString()));
  }

  static HubModel.Builder model(Path home, Map<String, String> variables) {
    return HubModel.builder(ID)
        .environment(new Environment(variables, home))
        .retries(Duration.ofMillis(1));
  }

  /** Where the cache of {@link #model} is. */
  static Path folder(Path home) {
    return home.resolve(".cache/huggingface/hub/models--acme--tiny-rr");
  }

  static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
