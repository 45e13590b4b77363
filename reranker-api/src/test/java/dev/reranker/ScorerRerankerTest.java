package dev.reranker;

import dev.reranker.testkit.RerankerContract;

/** A reranker made of a scorer; closing it is its owner's business, so it has nothing to close. */
class ScorerRerankerTest extends RerankerContract {

  @Override
  protected Reranker open() {
    Reranker scored =
        Reranker.of(
            "lengths",
            (query, passages) -> {
              float[] scores = new float[passages.size()];
              for (int i = 0; i < scores.length; i++) {
                scores[i] = passages.get(i).length();
              }
              return scores;
            });
    return new Reranker() {
      private volatile boolean closed;

      @Override
      public RerankResult rerank(RerankRequest request) {
        if (closed) {
          throw new IllegalStateException("closed");
        }
        return scored.rerank(request);
      }

      @Override
      public String name() {
        return scored.name();
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}
