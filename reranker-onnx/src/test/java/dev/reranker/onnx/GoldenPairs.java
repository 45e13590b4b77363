package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.prepared.PreparedPassage;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.Assertions;

/** One query of the reference implementation, with its passages. */
record GoldenPairs(JsonObject json) {

  /** Of the default model. */
  static Stream<GoldenPairs> late() {
    return Goldens.read("reranker-late.jsonl").map(GoldenPairs::new);
  }

  /** Of the tiny model. */
  static Stream<GoldenPairs> tiny() {
    return Goldens.read("tiny-late-reranker.jsonl").map(GoldenPairs::new);
  }

  String query() {
    return json.get("query").getAsString();
  }

  List<String> passages() {
    return StreamSupport.stream(array("passages").spliterator(), false)
        .map(passage -> passage.getAsString())
        .toList();
  }

  /** With [CLS] and [SEP]. */
  int queryTokens() {
    return json.get("query_tokens").getAsInt();
  }

  /** With [SEP], after truncation. */
  int passageTokens(int passage) {
    return array("passage_tokens").get(passage).getAsInt();
  }

  boolean truncated(int passage) {
    return array("truncated").get(passage).getAsBoolean();
  }

  /** Those passages alone that leave the pair within a number of tokens and are not cut. */
  GoldenPairs within(int tokens) {
    return where(i -> !truncated(i) && queryTokens() + passageTokens(i) <= tokens);
  }

  private GoldenPairs where(Predicate<Integer> wanted) {
    JsonObject some = json.deepCopy();
    for (String name : List.of("passages", "logits", "passage_tokens", "truncated")) {
      var kept = new JsonArray();
      IntStream.range(0, array(name).size())
          .filter(wanted::test)
          .forEach(i -> kept.add(array(name).get(i)));
      some.add(name, kept);
    }
    return new GoldenPairs(some);
  }

  /** Scores the passages as texts. */
  RerankResult rerank(OnnxReranker reranker) {
    return reranker.rerank(query(), passages());
  }

  /** Scores the passages as the reranker prepared them; there is no text to fall back to. */
  RerankResult rerankPrepared(OnnxReranker reranker) {
    List<PreparedPassage> prepared = reranker.prepare(passages());
    List<Document> documents =
        IntStream.range(0, prepared.size())
            .mapToObj(i -> Document.of("d" + i, "").withPrepared(prepared.get(i).bytes()))
            .toList();
    RerankResult result = reranker.rerank(RerankRequest.ofDocuments(query(), documents));
    assertThat(result.report().prepared()).isEqualTo(documents.size());
    return result;
  }

  /** Compares logits with the reference. */
  void assertLogits(RerankResult result, double tolerance) {
    assertThat(result.hits()).hasSize(passages().size());
    for (Hit hit : result.hits()) {
      assertThat(hit.raw().orElseThrow())
          .as("pair %d of %s", hit.index(), this)
          .isCloseTo(array("logits").get(hit.index()).getAsDouble(), Assertions.within(tolerance));
    }
  }

  private JsonArray array(String name) {
    return json.getAsJsonArray(name);
  }

  @Override
  public String toString() {
    return json.get("name").getAsString();
  }
}
