package dev.reranker.lucene;

import dev.reranker.Retriever;
import dev.reranker.testkit.RetrieverContract;
import java.io.IOException;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class OwnIndexKnnRetrieverTest extends RetrieverContract {

  private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private SearcherManager searchers;

  @BeforeEach
  void open() throws IOException {
    OwnIndex.write(directory, Texts.WHALES);
    searchers = new SearcherManager(directory, null);
  }

  @AfterEach
  void close() throws IOException {
    searchers.close();
    directory.close();
  }

  @Override
  protected Retriever retriever() {
    return LuceneRetriever.over(searchers)
        .idField("key")
        .text(PassageSource.stored("body"))
        .knn("embedding", new BagEmbedder())
        .build();
  }

  @Override
  protected String query() {
    return "whales sleep";
  }
}
