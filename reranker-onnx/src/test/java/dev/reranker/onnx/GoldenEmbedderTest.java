package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reference implementation's embeddings, text by text. */
class GoldenEmbedderTest {

  private static final int SPECIAL = 2;

  @Test
  void matchesTheReference() {
    List<JsonObject> goldens = Goldens.read("embedder-all-minilm-l6-v2.jsonl").toList();
    try (OnnxEmbedder embedder = TestModels.embedder()) {
      List<String> texts = goldens.stream().map(g -> g.get("text").getAsString()).toList();
      List<float[]> vectors = embedder.embedPassages(texts);
      for (int i = 0; i < texts.size(); i++) {
        JsonArray expected = goldens.get(i).getAsJsonArray("embedding");
        assertThat(cosine(vectors.get(i), expected)).as(texts.get(i)).isGreaterThan(0.9999);
        if (embedder.countTokens(texts.get(i)) + SPECIAL <= embedder.info().maxLength()) {
          assertThat(cosine(embedder.embedQuery(texts.get(i)), expected)).isGreaterThan(0.9999);
        }
      }
    }
  }

  private static double cosine(float[] actual, JsonArray expected) {
    assertThat(actual).hasSize(expected.size());
    double dot = 0;
    double a = 0;
    double b = 0;
    for (int d = 0; d < actual.length; d++) {
      double e = expected.get(d).getAsDouble();
      dot += actual[d] * e;
      a += (double) actual[d] * actual[d];
      b += e * e;
    }
    return dot / Math.sqrt(a * b);
  }
}
