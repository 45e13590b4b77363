package dev.reranker.lucene;

import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexUpgrader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Indexes that older Lucenes wrote (by {@code src/test/fixtures/WriteFixture.java}) are opened,
 * searched, reranked and brought up to date.
 */
class OldIndexTest {

  private static final String QUERY = "w1 w2 w3 w4 w5";
  private static final BagEmbedder EMBEDDER = new BagEmbedder();

  @TempDir Path folder;

  /** A copy, since a reader of the fixture could be the next test's writer. */
  private MMapDirectory open(String fixture) throws Exception {
    Path source = Path.of(OldIndexTest.class.getResource(fixture).toURI());
    try (var files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return new MMapDirectory(folder);
  }

  private static LuceneRetriever.Builder over(DirectoryReader reader) {
    return LuceneRetriever.over(reader)
        .idField("isbn")
        .text(PassageSource.stored("blurb"))
        .metadata("lang");
  }

  private static LuceneRetriever words(DirectoryReader reader) {
    return over(reader).words("blurb", new StandardAnalyzer()).build();
  }

  private static LuceneRetriever knn(DirectoryReader reader) {
    return over(reader).knn("vector", EMBEDDER).build();
  }

  /** All documents that are not deleted, read one by one. */
  private static List<Document> all(DirectoryReader reader) throws IOException {
    var searcher = new IndexSearcher(reader);
    List<Document> documents = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(MatchAllDocsQuery.INSTANCE, 1000).scoreDocs) {
      var fields = searcher.storedFields().document(hit.doc);
      documents.add(
          new Document(
              fields.get("isbn"), fields.get("blurb"), Map.of("lang", fields.get("lang"))));
    }
    return documents;
  }

  private static double cosine(Document document) {
    float[] a = EMBEDDER.embedQuery(QUERY);
    float[] b = EMBEDDER.embedQuery(document.text());
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lucene-9.12", "lucene-10.0"})
  void itIsSearchedByWordsAndByVectors(String fixture) throws Exception {
    try (var directory = open(fixture);
        var reader = DirectoryReader.open(directory)) {
      List<Document> documents = all(reader);
      assertThat(documents).hasSize(300 - 18);

      List<Hit> byWords = words(reader).retrieve("w7", 300);
      assertThat(byWords)
          .extracting(Hit::document)
          .containsExactlyInAnyOrderElementsOf(
              documents.stream()
                  .filter(d -> List.of(d.text().split(" ", -1)).contains("w7"))
                  .toList());

      List<Document> nearest =
          documents.stream()
              .sorted(
                  Comparator.comparingDouble(OldIndexTest::cosine)
                      .reversed()
                      .thenComparing(Document::id))
              .limit(10)
              .toList();
      assertThat(knn(reader).retrieve(QUERY, 10))
          .extracting(Hit::document)
          .containsExactlyElementsOf(nearest);
      var german = knn(reader).filter(new TermQuery(new Term("lang", "de")));
      assertThat(german.retrieve(QUERY, 10))
          .extracting(c -> c.document().metadata().get("lang"))
          .hasSize(10)
          .containsOnly("de");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lucene-9.12", "lucene-10.0"})
  void itIsReranked(String fixture) throws Exception {
    try (var directory = open(fixture);
        var reader = DirectoryReader.open(directory);
        var reranker = new OverlapReranker()) {
      Pipeline pipeline =
          Pipeline.builder().retrieve(knn(reader), 100).rerank(reranker, 10).build();
      List<Hit> best = pipeline.search(QUERY).hits();
      assertThat(best)
          .hasSize(10)
          .allMatch(
              d -> d.raw().orElseThrow() == OverlapReranker.logit(QUERY, d.document().text()));

      var searcher = new IndexSearcher(reader);
      TopDocs firstPass = searcher.search(new TermQuery(new Term("blurb", "w7")), 100);
      TopDocs rescored =
          CrossEncoderRescorer.withMissingTextFailing(
                  reranker, "w7 w8", PassageSource.stored("blurb"))
              .rescore(searcher, firstPass, 100);
      assertThat(List.of(rescored.scoreDocs))
          .hasSameSizeAs(firstPass.scoreDocs)
          .isSortedAccordingTo(ScoreDoc.COMPARATOR);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lucene-9.12", "lucene-10.0"})
  void aMergeUpgradesItButForTheVersionThatCreatedIt(String fixture) throws Exception {
    try (var directory = open(fixture)) {
      int createdBy = SegmentInfos.readLatestCommit(directory).getIndexCreatedVersionMajor();
      List<String> byWords;
      List<String> byVector;
      try (var reader = DirectoryReader.open(directory)) {
        byWords = Texts.ids(words(reader).retrieve("w7", 300));
        byVector = Texts.ids(knn(reader).retrieve(QUERY, 10));
      }

      new IndexUpgrader(directory, new IndexWriterConfig(new StandardAnalyzer()), false).upgrade();

      SegmentInfos upgraded = SegmentInfos.readLatestCommit(directory);
      assertThat(upgraded.asList())
          .extracting((SegmentCommitInfo segment) -> segment.info.getVersion())
          .containsOnly(Version.LATEST);
      assertThat(upgraded.getIndexCreatedVersionMajor())
          .isEqualTo(createdBy)
          .isEqualTo(fixture.contains("9.12") ? 9 : 10);
      try (var reader = DirectoryReader.open(directory)) {
        // Not their order: the merge drops deleted documents, which BM25 had counted.
        assertThat(Texts.ids(words(reader).retrieve("w7", 300)))
            .containsExactlyInAnyOrderElementsOf(byWords);
        assertThat(Texts.ids(knn(reader).retrieve(QUERY, 10))).isEqualTo(byVector);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lucene-9.12", "lucene-10.0"})
  void itCanBeAddedTo(String fixture) throws Exception {
    try (var directory = open(fixture);
        var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      var added = new org.apache.lucene.document.Document();
      added.add(new StringField("isbn", "new", Field.Store.YES));
      added.add(new KnnFloatVectorField("vector", EMBEDDER.embedQuery(QUERY), DOT_PRODUCT));
      writer.addDocument(added);
      try (var reader = DirectoryReader.open(writer)) {
        assertThat(Texts.ids(knn(reader).retrieve(QUERY, 1))).containsExactly("new");
        assertThat(knn(reader).retrieve(QUERY, 20)).hasSize(20);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lucene-9.12", "lucene-10.0"})
  void luceneIndexLeavesItAlone(String fixture) throws Exception {
    open(fixture).close();
    assertThatThrownBy(() -> LuceneIndex.builder().directory(folder).build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("another program indexed");
  }
}
