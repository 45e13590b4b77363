package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.reranker.Hit;
import dev.reranker.RerankResult;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference implementation's logits, token counts and truncation, pair by pair. */
class GoldenRerankerTest {

  private static OnnxReranker reranker;

  @BeforeAll
  static void open() {
    reranker = OnnxReranker.builder().build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  record Golden(String name, JsonObject json) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Golden> goldens() {
    return Goldens.read("reranker.jsonl")
        .map(json -> new Golden(json.get("name").getAsString(), json));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void matchesTheReference(Golden golden) {
    JsonArray logits = golden.json.getAsJsonArray("logits");
    List<String> passages =
        StreamSupport.stream(golden.json.getAsJsonArray("passages").spliterator(), false)
            .map(JsonElement::getAsString)
            .toList();
    String query = golden.json.get("query").getAsString();

    RerankResult result = reranker.rerank(query, passages);

    assertThat(result.hits()).hasSize(logits.size());
    long tokens = 0;
    for (Hit document : result.hits()) {
      int i = document.index();
      assertThat(document.raw().orElseThrow())
          .as("pair %d", i)
          .isCloseTo(logits.get(i).getAsDouble(), within(1e-4));
      assertThat(document.truncated())
          .as("truncation of pair %d", i)
          .isEqualTo(golden.json.getAsJsonArray("truncated").get(i).getAsBoolean());
      tokens += golden.json.getAsJsonArray("tokens").get(i).getAsLong();
    }
    assertThat(result.report().tokens()).isEqualTo(tokens);
    assertThat(reranker.score(query, passages)).hasSize(logits.size());
  }
}
