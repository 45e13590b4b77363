package dev.reranker;

import dev.reranker.contract.RerankerContract;

class FakeRerankerTest extends RerankerContract {
  @Override
  protected Reranker open() {
    return new FakeReranker("fake", (query, passage) -> passage.length());
  }
}
