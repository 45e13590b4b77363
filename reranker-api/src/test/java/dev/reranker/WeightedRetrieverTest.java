package dev.reranker;

import dev.reranker.contract.RetrieverContract;
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
    return Retrievers.weighted(
        List.of(0.5, 0.5),
        List.of(new FakeRetriever("one", DOCUMENTS), new FakeRetriever("two", DOCUMENTS)));
  }

  @Override
  protected String query() {
    return "whales sleep";
  }
}
