package dev.reranker.examples;

import dev.reranker.Hit;
import dev.reranker.onnx.OnnxReranker;
import java.util.List;

/** Reranks a list of strings, wherever they came from. */
final class RerankStrings {

  private RerankStrings() {}

  /** Run with {@code --enable-native-access=ALL-UNNAMED}. */
  public static void main(String[] args) {
    List<String> passages =
        List.of(
            "Blue whales are the largest animals that have ever lived.",
            "Sleep apnea is a disorder in which breathing stops and starts.",
            "Whales sleep with one half of the brain at a time, so that they can breathe.");
    try (var reranker = OnnxReranker.builder().build()) {
      for (Hit hit : reranker.rerank("how do whales sleep", passages).hits()) {
        System.out.printf("%d  %.4f  %s%n", hit.rank(), hit.score(), passages.get(hit.index()));
      }
    }
  }
}
