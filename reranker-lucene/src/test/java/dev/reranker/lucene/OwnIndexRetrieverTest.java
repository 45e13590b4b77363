package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.error.InferenceException;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.ReferenceManager;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Searching an index that an application made and owns. */
class OwnIndexRetrieverTest {

  private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private DirectoryReader reader;

  @BeforeEach
  void open() throws IOException {
    OwnIndex.write(
        directory,
        List.of(
            new Document("a", "whales sleep", Map.of("lang", "en", "page", 1)),
            new Document("b", "Wale schlafen", Map.of("lang", "de")),
            new Document("c", "whales swim", Map.of("lang", "en", "page", 3))));
    reader = DirectoryReader.open(directory);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
    directory.close();
  }

  private LuceneRetriever.Builder over() {
    return LuceneRetriever.over(reader).idField("key").text(PassageSource.stored("body"));
  }

  @Test
  void theApplicationsQueryIsRun() {
    var byPrefix =
        over()
            .query(text -> new PrefixQuery(new Term("body", text)))
            .metadata("lang", "page")
            .build();
    assertThat(byPrefix.retrieve("wal", 9))
        .extracting(c -> c.document())
        .containsExactly(new Document("b", "Wale schlafen", Map.of("lang", "de")));
    assertThat(byPrefix.name()).isEqualTo("lucene");
  }

  @Test
  void stagesHaveTheNameTheyAreGiven() {
    var retriever = over().name("titles").words("body", new StandardAnalyzer()).build();
    assertThat(retriever.retrieve("swim", 1).get(0).current().stage()).isEqualTo("titles");
    assertThat(retriever.name()).isEqualTo("titles");
  }

  @Test
  void aSearcherManagerShowsWhatItWasRefreshedTo() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()));
        var searchers = new SearcherManager(writer, null)) {
      var retriever =
          LuceneRetriever.over(searchers)
              .idField("key")
              .words("body", new StandardAnalyzer())
              .build();
      writer.addDocument(OwnIndex.fields(Document.of("d", "whales sing")));
      assertThat(Texts.ids(retriever.retrieve("whales", 9))).containsExactly("a", "c");
      searchers.maybeRefreshBlocking();
      assertThat(Texts.ids(retriever.retrieve("whales", 9))).containsExactly("a", "c", "d");
    }
  }

  @Test
  void filtersNarrowKnnAndOwnQueriesBeforeTheSearch() {
    var german = new TermQuery(new Term("lang", "de"));
    var knn = over().knn("embedding", new BagEmbedder()).build();
    assertThat(Texts.ids(knn.filter(german).retrieve("whales sleep", 1))).containsExactly("b");
    var all = over().query(text -> MatchAllDocsQuery.INSTANCE).build();
    assertThat(Texts.ids(all.filter(german).retrieve("x", 9))).containsExactly("b");
    assertThat(Texts.ids(all.retrieve("x", 9))).containsExactly("a", "b", "c");
  }

  @Test
  void aFieldOfDistancesIsSearchedByDistance() {
    var knn = over().knn("place", new BagEmbedder()).build();
    assertThat(Texts.ids(knn.retrieve("whales sleep", 1))).containsExactly("a");
    assertThat(knn.retrieve("?", 9)).as("a zero vector has a place").hasSize(3);
  }

  @Test
  void candidatesAreComparedAgainFromTheFullVectors() {
    var once = over().knn("embedding", new BagEmbedder()).build();
    var again = over().knn("embedding", new BagEmbedder(), 3).build();
    assertThat(again.retrieve("whales sleep", 2)).isEqualTo(once.retrieve("whales sleep", 2));
    assertThatThrownBy(() -> over().knn("embedding", new BagEmbedder(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("oversampling is 0; it is at least 1");
  }

  @Test
  void ofHitsWithOneIdTheBestIsKept() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      writer.addDocument(OwnIndex.fields(Document.of("a", "whales whales whales")));
    }
    try (var newer = DirectoryReader.open(directory)) {
      var retriever =
          LuceneRetriever.over(newer)
              .idField("key")
              .text(PassageSource.stored("body"))
              .words("body", new StandardAnalyzer())
              .build();
      assertThat(retriever.retrieve("whales", 9))
          .extracting(c -> c.document().text())
          .containsExactly("whales whales whales", "whales swim");
    }
  }

  @Test
  void aVectorFieldThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> over().knn("vector", new BagEmbedder()).build().retrieve("x", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessage(
            "no document has a vector in the field 'vector'; the index has vectors in [bytes,"
                + " embedding, place]: name one of those");
    assertThatThrownBy(() -> over().knn("bytes", new BagEmbedder()).build().retrieve("x", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the field 'bytes' holds vectors of BYTE");
  }

  @Test
  void anotherDimensionIsNamed() {
    var other = new BagEmbedder("other model", 8);
    assertThatThrownBy(() -> over().knn("embedding", other).build().retrieve("x", 1))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("holds vectors of dimension 32; embedder 'other model' gives 8");
  }

  @Test
  void aMissingIdFieldIsNamed() {
    var retriever = LuceneRetriever.over(reader).words("body", new StandardAnalyzer()).build();
    assertThatThrownBy(() -> retriever.retrieve("whales", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("doc 0 has no stored field 'id'")
        .hasMessageContaining("idField(..)");
  }

  @Test
  void aParsersFailureIsWrapped() {
    var retriever =
        over()
            .query(
                text -> {
                  throw new java.text.ParseException("unbalanced", 3);
                })
            .build();
    assertThatThrownBy(() -> retriever.retrieve("(whales", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the query function failed on a text of 7 characters")
        .hasMessageContaining("unbalanced");
  }

  @Test
  void whateverTheQueryFunctionThrowsIsWrapped() {
    var retriever =
        over()
            .query(
                text -> {
                  throw new IllegalStateException("no parser");
                })
            .build();
    assertThatThrownBy(() -> retriever.retrieve("whales", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("no parser");
  }

  @Test
  void noQueryFindsNothing() {
    assertThat(over().query(text -> null).build().retrieve("the", 1)).isEmpty();
  }

  @Test
  void aQueryOfTooManyClausesIsNamed() {
    var both = new BooleanQuery.Builder();
    for (String half : List.of("v", "w")) {
      var words = new BooleanQuery.Builder();
      for (int i = 0; i < 600; i++) {
        words.add(new TermQuery(new Term("body", half + i)), BooleanClause.Occur.SHOULD);
      }
      both.add(words.build(), BooleanClause.Occur.MUST);
    }
    var retriever = over().query(text -> both.build()).build();
    assertThatThrownBy(() -> retriever.retrieve("whales", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("a text of 6 characters made a query of more than 1024 clauses");
  }

  @Test
  void anyTextIsAQueryOfTheQueryBuilder() {
    var retriever =
        over()
            .query(
                text -> new QueryBuilder(new StandardAnalyzer()).createBooleanQuery("body", text))
            .build();
    for (String odd : List.of("WHY NOT", "AND whales", "a AND (", "*:*", "body:^", "/re[", "?!")) {
      assertThat(retriever.retrieve(odd, 3)).hasSizeLessThanOrEqualTo(3);
    }
    assertThat(Texts.ids(retriever.retrieve("NOT whales sleep", 1))).containsExactly("a");
  }

  @Test
  void aClosedReaderIsNamed() throws IOException {
    var retriever = over().words("body", new StandardAnalyzer()).build();
    var searching = LuceneRetriever.over(new IndexSearcher(reader)).knn("x", new BagEmbedder());
    reader.close();
    assertThatThrownBy(() -> retriever.retrieve("whales", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("index reader is closed");
    assertThatThrownBy(() -> searching.build().retrieve("whales", 1))
        .hasMessageContaining("index reader is closed");
  }

  @Test
  void aWayToSearchIsNeeded() {
    assertThatThrownBy(() -> over().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("query(..), words(..) or knn(..)");
  }

  @Test
  void hitsThatShareAnIdAreNotMissedByTheNumberAskedFor() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      for (int i = 0; i < 40; i++) {
        writer.addDocument(OwnIndex.fields(Document.of("a", "whales whales whales")));
      }
    }
    try (var newer = DirectoryReader.open(directory)) {
      var over = LuceneRetriever.over(newer).idField("key").text(PassageSource.stored("body"));
      for (LuceneRetriever retriever :
          List.of(
              over.words("body", new StandardAnalyzer()).build(),
              over.knn("embedding", new BagEmbedder()).build())) {
        List<String> all = Texts.ids(retriever.retrieve("whales", 50));
        assertThat(all).contains("a", "c").doesNotHaveDuplicates();
        assertThat(Texts.ids(retriever.retrieve("whales", 2))).isEqualTo(all.subList(0, 2));
      }
    }
  }

  @Test
  void askingForMoreEmbedsAndReadsNothingTwice() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      for (int i = 0; i < 400; i++) {
        writer.addDocument(OwnIndex.fields(Document.of("a", "whales whales whales")));
      }
    }
    var bag = new BagEmbedder();
    var embedded = new AtomicInteger();
    var asked = new AtomicInteger();
    var counting =
        new WrappedEmbedder() {
          @Override
          public Embedder embedder() {
            return bag;
          }

          @Override
          public float[] embedQuery(String query) {
            embedded.incrementAndGet();
            return WrappedEmbedder.super.embedQuery(query);
          }
        };
    try (var newer = DirectoryReader.open(directory)) {
      List<Integer> read = new ArrayList<>();
      var over =
          LuceneRetriever.over(newer)
              .idField("key")
              .text(
                  (stored, doc) -> {
                    read.add(doc);
                    return Optional.of("text");
                  });
      assertThat(over.knn("embedding", counting).build().retrieve("whales", 2)).hasSize(2);
      assertThat(embedded).hasValue(1);
      assertThat(read).hasSizeGreaterThan(100).doesNotHaveDuplicates();

      read.clear();
      var byQuery =
          over.query(
                  text -> {
                    asked.incrementAndGet();
                    return new TermQuery(new Term("body", text));
                  })
              .build();
      assertThat(byQuery.retrieve("whales", 2)).hasSize(2);
      assertThat(asked).hasValue(1);
      assertThat(read).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    }
  }

  @Test
  void aTextFieldThatNoDocumentHasIsNamed() {
    var mistyped =
        LuceneRetriever.over(reader)
            .idField("key")
            .text(PassageSource.stored("blurb"))
            .words("body", new StandardAnalyzer())
            .build();
    assertThatThrownBy(() -> mistyped.retrieve("whales", 3))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("no document has a stored field 'blurb'")
        .hasMessageContaining("body");
    var idsAlone =
        LuceneRetriever.over(reader).idField("key").words("body", new StandardAnalyzer()).build();
    assertThat(idsAlone.retrieve("whales", 3)).as("the default, not asked for").hasSize(2);
  }

  @Test
  void numbersComeBackAsNumbers() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      writer.addDocument(
          OwnIndex.fields(new Document("n", "numbered", Map.of("page", 7, "lang", "en"))));
    }
    try (var newer = DirectoryReader.open(directory)) {
      var retriever =
          LuceneRetriever.over(newer)
              .idField("key")
              .metadata("page", "lang", "no such field")
              .words("body", new StandardAnalyzer())
              .build();
      assertThat(retriever.retrieve("numbered", 1).get(0).document().metadata())
          .isEqualTo(Map.of("page", 7, "lang", "en"));
    }
  }

  @Test
  void aScoreThatIsNoNumberIsNamed() {
    var one = new ConstantScoreQuery(new TermQuery(new Term("key", "a")));
    var other = new ConstantScoreQuery(new TermQuery(new Term("lang", "en")));
    var sum =
        new BooleanQuery.Builder()
            .add(new BoostQuery(one, 3e38f), BooleanClause.Occur.SHOULD)
            .add(new BoostQuery(other, 3e38f), BooleanClause.Occur.SHOULD)
            .build();
    var doubled = over().query(text -> sum).build();
    assertThatThrownBy(() -> doubled.retrieve("x", 1))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("the query of 'lucene' gave document 'a' the score Infinity");
  }

  @Test
  void anyReferenceManagerWillDo() throws IOException {
    try (ReferenceManager<IndexSearcher> searchers = new SearcherManager(directory, null)) {
      var retriever =
          LuceneRetriever.over(searchers)
              .idField("key")
              .words("body", new StandardAnalyzer())
              .build();
      assertThat(Texts.ids(retriever.retrieve("whales", 9))).containsExactly("a", "c");
    }
  }
}
