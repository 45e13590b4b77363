package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.reranker.Embedder;
import dev.reranker.passage.PassagePreparer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reference implementation's mean vectors, text by text. */
class GoldenMeanVectorTest {

  @Test
  void theDefaultModelsMatchTheReference() {
    try (var reranker = OnnxReranker.builder().build()) {
      assertMatch(reranker, Goldens.read("encoder-late.jsonl").toList());
    }
  }

  @Test
  void theTinyModelsMatchTheReference() {
    try (var reranker = OnnxReranker.builder().model(TestModels.tinyLate()).build()) {
      assertMatch(reranker, Goldens.read("tiny-late-encoder.jsonl").toList());
    }
  }

  private static void assertMatch(OnnxReranker reranker, List<JsonObject> goldens) {
    Embedder embedder = reranker.embedder().orElseThrow();
    List<JsonObject> queries = ofKind("query", goldens);
    List<JsonObject> passages = ofKind("passage", goldens);
    List<String> texts = passages.stream().map(GoldenMeanVectorTest::text).toList();

    queries.forEach(golden -> assertVector(embedder.embedQuery(text(golden)), golden));
    List<float[]> embedded = embedder.embedPassages(texts);
    List<PassagePreparer.Prepared> prepared = reranker.prepareAndEmbed(texts);

    assertThat(embedder.dimension()).isEqualTo(goldens.get(0).getAsJsonArray("mean_vector").size());
    for (int i = 0; i < passages.size(); i++) {
      assertVector(embedded.get(i), passages.get(i));
      assertVector(prepared.get(i).vector(), passages.get(i));
    }
  }

  private static List<JsonObject> ofKind(String kind, List<JsonObject> goldens) {
    return goldens.stream()
        .filter(golden -> golden.get("kind").getAsString().equals(kind))
        .toList();
  }

  private static String text(JsonObject golden) {
    return golden.get("text").getAsString();
  }

  private static void assertVector(float[] actual, JsonObject golden) {
    JsonArray expected = golden.getAsJsonArray("mean_vector");
    assertThat(actual).hasSize(expected.size());
    for (int d = 0; d < actual.length; d++) {
      assertThat(actual[d])
          .as("dimension %d of '%s'", d, text(golden))
          .isCloseTo(expected.get(d).getAsFloat(), within(1e-4f));
    }
  }
}
