package dev.reranker;

import dev.reranker.testkit.FakeReranker;
import dev.reranker.testkit.RerankerContract;

class FakeRerankerTest extends RerankerContract {
  @Override
  protected Reranker open() {
    return new FakeReranker("fake", (query, passage) -> passage.length());
  }
}
