package dev.reranker.lucene;

import dev.reranker.Retriever;
import dev.reranker.testkit.RetrieverContract;
import java.io.IOException;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class OwnIndexWordsRetrieverTest extends RetrieverContract {

  private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private DirectoryReader reader;

  @BeforeEach
  void open() throws IOException {
    OwnIndex.write(directory, Texts.WHALES);
    reader = DirectoryReader.open(directory);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
    directory.close();
  }

  @Override
  protected Retriever retriever() {
    return LuceneRetriever.over(reader)
        .idField("key")
        .text(PassageSource.stored("body"))
        .words("body", new StandardAnalyzer())
        .build();
  }

  @Override
  protected String query() {
    return "whales sleep";
  }
}
