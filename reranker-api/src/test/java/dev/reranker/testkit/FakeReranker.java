package dev.reranker.testkit;

import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import java.util.function.ToDoubleBiFunction;

/** A reranker whose model is a function of query and passage. */
public final class FakeReranker implements Reranker {

  private final String name;
  private final ToDoubleBiFunction<String, String> model;
  private volatile boolean closed;

  /**
   * A reranker.
   *
   * @param name its name
   * @param model the raw output for query and passage, which is the score too
   */
  public FakeReranker(String name, ToDoubleBiFunction<String, String> model) {
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
    request.context().checkCancelled();
    var result = RerankResult.builder(request, name);
    if (request.context().deadline().expired()) {
      return result.pastDeadline().build();
    }
    int n = request.candidates().size();
    for (int i = 0; i < n; i++) {
      String text = request.candidates().get(i).document().text();
      double raw = model.applyAsDouble(request.query(), text);
      result.score(i, raw, raw);
    }
    return result.tokens(n, n).build();
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
