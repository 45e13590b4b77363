package dev.reranker;

import java.time.Duration;
import java.util.BitSet;
import java.util.function.ToDoubleBiFunction;

/** A reranker whose model is a function of query and passage. */
final class FakeReranker implements Reranker {

  private final String name;
  private final ToDoubleBiFunction<String, String> model;
  private volatile boolean closed;

  FakeReranker(String name, ToDoubleBiFunction<String, String> model) {
    this.name = name;
    this.model = model;
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (request.query().isBlank()) {
      throw new IllegalArgumentException("the query is blank");
    }
    int n = request.candidates().size();
    float[] logits = new float[n];
    for (int i = 0; i < n; i++) {
      String text = request.candidates().get(i).document().text();
      logits[i] = (float) model.applyAsDouble(request.query(), text);
    }
    var stats = new RerankStats(n, 0, 0, n, n, Duration.ZERO);
    return RerankResult.ranked(request, name, logits, x -> x, new BitSet(), stats);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {
    closed = true;
  }
}
