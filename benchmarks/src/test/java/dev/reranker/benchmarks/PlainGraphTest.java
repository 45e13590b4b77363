package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The graph that peers run is the default model: it has the reference's logits. */
class PlainGraphTest {

  @Test
  void matchesTheReference() throws Exception {
    try (ModelFiles files = ModelFiles.unpack();
        var reranker = new RerankerContestant(files.plainGraph())) {
      for (JsonObject golden : goldens()) {
        assertLogits(reranker, golden);
      }
    }
  }

  private static void assertLogits(Contestant reranker, JsonObject golden) throws Exception {
    List<String> passages =
        golden.getAsJsonArray("passages").asList().stream().map(JsonElement::getAsString).toList();
    List<Float> expected =
        golden.getAsJsonArray("logits").asList().stream().map(JsonElement::getAsFloat).toList();
    float[] logits = reranker.score(golden.get("query").getAsString(), passages);
    assertThat(logits).hasSize(expected.size());
    for (int i = 0; i < logits.length; i++) {
      assertThat(logits[i])
          .as("%s: %s", golden.get("name"), passages.get(i))
          .isCloseTo(expected.get(i), within(1e-4f));
    }
  }

  private static List<JsonObject> goldens() throws IOException {
    try (var in =
        Objects.requireNonNull(
            PlainGraphTest.class.getResourceAsStream("/golden/reranker-late.jsonl"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .toList();
    }
  }
}
