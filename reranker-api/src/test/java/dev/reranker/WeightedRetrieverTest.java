package dev.reranker;

import dev.reranker.testkit.FakeRetriever;
import dev.reranker.testkit.RetrieverContract;
import java.util.List;

class WeightedRetrieverTest extends RetrieverContract {

  private static final List<Document> DOCUMENTS =
      List.of(
          Document.of("a", "whales sleep"),
          Document.of("b", "whales swim"),
          Document.of("c", "cats sleep"),
          Document.of("d", "dogs"),
          Document.of("e", "nothing"));

  @Override
  protected Retriever retriever() {
    return Fusion.builder()
        .retriever(new FakeRetriever("one", DOCUMENTS), 0.5)
        .retriever(new FakeRetriever("two", DOCUMENTS), 0.5)
        .byScore()
        .build();
  }

  @Override
  protected String query() {
    return "whales sleep";
  }
}
