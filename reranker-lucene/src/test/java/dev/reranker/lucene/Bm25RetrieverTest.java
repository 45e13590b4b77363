package dev.reranker.lucene;

import dev.reranker.Retriever;
import dev.reranker.testkit.RetrieverContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class Bm25RetrieverTest extends RetrieverContract {

  private final LuceneIndex index =
      LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).build();

  @BeforeEach
  void fill() {
    index.add(Texts.WHALES);
  }

  @AfterEach
  void close() {
    index.close();
  }

  @Override
  protected Retriever retriever() {
    return index.bm25();
  }

  @Override
  protected String query() {
    return "whales sleep";
  }
}
