package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

/** Which of equal scores are kept, and in which order. */
class TieOrderTest {

  /** Ends of the ranges that UTF-8 and UTF-16 order differently, and their neighbours. */
  private static final List<String> CHARACTERS =
      List.of("a", "\ud7ff", "\ue000", "\ufe0f", "\uffff", "\ud800\udc00", "\ud83d\udc0b");

  private static List<String> ids(Random random, int n) {
    var ids = new TreeSet<String>();
    while (ids.size() < n) {
      var id = new StringBuilder();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        id.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
      }
      ids.add(id.toString());
    }
    return new ArrayList<>(ids);
  }

  @Test
  void fewerAreThePrefixOfMoreWhateverTheIds() {
    var random = new Random(Texts.seed());
    for (int round = 0; round < 20; round++) {
      List<String> sorted = ids(random, 30);
      List<String> shuffled = new ArrayList<>(sorted);
      Collections.shuffle(shuffled, random);
      try (var index =
          LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).batchSize(7).build()) {
        index.add(shuffled.stream().map(id -> Document.of(id, "same text")).toList());
        for (LuceneRetriever retriever : List.of(index.bm25(), index.knn())) {
          for (int k = 1; k <= 30; k++) {
            assertThat(Texts.ids(retriever.retrieve("same", k)))
                .as("%d by %s", k, retriever.name())
                .isEqualTo(sorted.subList(0, k));
          }
        }
      }
    }
  }

  @Test
  void anApplicationsIndexIsOrderedTheSameWay() throws IOException {
    var random = new Random(Texts.seed());
    List<String> sorted = ids(random, 40);
    List<String> shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, random);
    try (var directory = new ByteBuffersDirectory()) {
      try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
        for (String id : shuffled) {
          var fields = OwnIndex.fields(Document.of(id, "same text"));
          fields.add(new SortedDocValuesField("key", new BytesRef(id)));
          writer.addDocument(fields);
        }
      }
      try (var reader = DirectoryReader.open(directory)) {
        var retriever =
            LuceneRetriever.over(reader)
                .idField("key")
                .query(text -> MatchAllDocsQuery.INSTANCE)
                .build();
        for (int k = 1; k <= 40; k++) {
          assertThat(Texts.ids(retriever.retrieve("same", k))).isEqualTo(sorted.subList(0, k));
        }
      }
    }
  }

  @Test
  void roomIsTakenForWhatMatchesAndNotForWhatIsAskedFor() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(directory, Texts.WHALES);
      try (var reader = DirectoryReader.open(directory)) {
        var searcher = new IndexSearcher(reader);
        var all = MatchAllDocsQuery.INSTANCE;
        assertThat(TieOrder.atMost(searcher, all, TieOrder.MANY)).isEqualTo(TieOrder.MANY);
        assertThat(TieOrder.atMost(searcher, all, TieOrder.MANY + 1)).isEqualTo(6);
        assertThat(TieOrder.atMost(searcher, all, Integer.MAX_VALUE)).isEqualTo(6);
      }
    }
  }
}
