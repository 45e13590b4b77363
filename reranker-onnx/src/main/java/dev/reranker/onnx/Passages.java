package dev.reranker.onnx;

import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.prepared.PreparedPassage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What a query is to be scored against.
 *
 * @param texts the passages' texts
 * @param prepared what was prepared of the passage at a position
 * @param label what messages call the passage at a position
 */
record Passages(
    List<String> texts,
    IntFunction<Optional<PreparedPassage>> prepared,
    IntFunction<String> label) {

  static Passages of(List<String> texts) {
    return new Passages(texts, i -> Optional.empty(), i -> "passage " + i + " of " + texts.size());
  }

  static Passages of(RerankRequest request) {
    List<Hit> hits = request.candidates();
    return new Passages(
        hits.stream().map(hit -> hit.document().text()).toList(),
        i -> hits.get(i).document().prepared(),
        i -> "passage %d of %d (id '%s')".formatted(i, hits.size(), hits.get(i).document().id()));
  }

  /** Those at some positions; messages call them what they called them before. */
  Passages only(int[] rows) {
    return new Passages(
        Arrays.stream(rows).mapToObj(texts::get).toList(),
        i -> prepared.apply(rows[i]),
        i -> label.apply(rows[i]));
  }

  int count() {
    return texts.size();
  }
}
