package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Hit;
import dev.reranker.Reranker;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared passages in an index of an application's own. */
class PreparedInOwnIndexTest {

  private static final String QUERY = "whales sleep in the sea";
  private static final PassageSource TEXT = PassageSource.stored("body");

  private static final Map<String, String> PASSAGES =
      new TreeMap<>(
          Map.of(
              "a", "whales sleep",
              "b", "whales swim in the sea",
              "c", "cats sleep all day long on the sofa",
              "d", "dogs bark",
              "e", "the sea is deep and whales sleep in it",
              "f", "whales sleep upright in the deep sea"));

  private final FakePreparer model = new FakePreparer("m1");

  private static Document fields(String id, String text) {
    var fields = new Document();
    fields.add(new StringField("key", id, Field.Store.YES));
    fields.add(new TextField("body", text, Field.Store.YES));
    return fields;
  }

  private static Document preparedFields(String id, String fingerprint) {
    String text = PASSAGES.getOrDefault(id, id);
    Document fields = fields(id, text);
    fields.add(new PreparedPassageField("prepared", FakePreparer.passage(fingerprint, text)));
    return fields;
  }

  private static IndexWriter writer(Directory directory) throws IOException {
    return new IndexWriter(
        directory,
        new IndexWriterConfig(new StandardAnalyzer()).setMergePolicy(NoMergePolicy.INSTANCE));
  }

  /** Three segments: only one document of the first and one of the last are prepared. */
  private static void write(Directory directory) throws IOException {
    try (var writer = writer(directory)) {
      for (List<String> segment :
          List.of(List.of("a", "b"), List.of("c", "d"), List.of("e", "f"))) {
        for (String id : segment) {
          writer.addDocument(
              List.of("a", "f").contains(id)
                  ? preparedFields(id, "m1")
                  : fields(id, PASSAGES.getOrDefault(id, "")));
        }
        writer.commit();
      }
    }
  }

  private static CrossEncoderRescorer rescorer(Reranker reranker) {
    return CrossEncoderRescorer.withMissingTextLast(reranker, QUERY, TEXT).prepared("prepared");
  }

  private static LuceneRetriever.Builder retriever(IndexSearcher searcher) {
    return LuceneRetriever.over(searcher)
        .idField("key")
        .text(TEXT)
        .words("body", new StandardAnalyzer())
        .prepared("prepared");
  }

  private static TopDocs all(IndexSearcher searcher) throws IOException {
    return searcher.search(MatchAllDocsQuery.INSTANCE, 100);
  }

  private static String id(IndexSearcher searcher, ScoreDoc hit) throws IOException {
    return searcher.storedFields().document(hit.doc).get("key");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachHitHasItsOwnPassageInAnyOrder(boolean merged) throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      write(directory);
      if (merged) {
        try (var writer = new IndexWriter(directory, new IndexWriterConfig())) {
          writer.forceMerge(1);
        }
      }
      try (var reader = DirectoryReader.open(directory)) {
        assertThat(reader.leaves()).hasSize(merged ? 1 : 3);
        var searcher = new IndexSearcher(reader);
        checkRetriever(searcher);
        var random = new Random(Texts.seed());
        for (int round = 0; round < 20; round++) {
          checkRescorer(searcher, random);
        }
      }
    }
  }

  private void checkRetriever(IndexSearcher searcher) {
    List<Hit> hits = retriever(searcher).build().retrieve("whales sea the sleep dogs", 6);
    assertThat(hits).hasSize(6);
    for (Hit hit : hits) {
      String id = hit.document().id();
      assertThat(hit.document().text()).isEqualTo(PASSAGES.get(id));
      assertThat(hit.document().prepared().map(FakePreparer::text))
          .isEqualTo(hit.document().prepared().map(any -> hit.document().text()));
      assertThat(hit.document().prepared().isPresent())
          .as(id)
          .isEqualTo(List.of("a", "f").contains(id));
    }
  }

  private void checkRescorer(IndexSearcher searcher, Random random) throws IOException {
    TopDocs firstPass = all(searcher);
    List<ScoreDoc> shuffled = new ArrayList<>(Arrays.asList(firstPass.scoreDocs));
    shuffled.add(shuffled.get(0)); // A hit may be there twice.
    Collections.shuffle(shuffled, random);
    var candidates = new TopDocs(firstPass.totalHits, shuffled.toArray(ScoreDoc[]::new));
    TopDocs best = rescorer(model).rescore(searcher, candidates, 100);
    assertThat(best.scoreDocs).hasSize(7);
    for (ScoreDoc hit : best.scoreDocs) {
      String text = PASSAGES.getOrDefault(id(searcher, hit), "");
      assertThat((double) hit.score)
          .as(text)
          .isCloseTo(OverlapReranker.sigmoid(OverlapReranker.logit(QUERY, text)), within(1e-6));
    }
    List<String> read = new ArrayList<>();
    for (ScoreDoc hit : shuffled) {
      if (!List.of("a", "f").contains(id(searcher, hit))) {
        read.add(PASSAGES.getOrDefault(id(searcher, hit), ""));
      }
    }
    assertThat(model.takeRead()).isEqualTo(read);
  }

  /** Text of which only the named documents have any; says which were asked for. */
  private static PassageSource recording(List<Integer> asked) {
    return (stored, doc) -> {
      asked.add(doc);
      return TEXT.read(stored, doc);
    };
  }

  @Test
  void theTextOfWhatIsPreparedIsLoadedOnlyForAnotherReranker() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      write(directory);
      try (var reader = DirectoryReader.open(directory)) {
        var searcher = new IndexSearcher(reader);
        List<Integer> asked = new ArrayList<>();
        CrossEncoderRescorer.withMissingTextFailing(model, QUERY, recording(asked))
            .prepared("prepared")
            .rescore(searcher, all(searcher), 6);
        assertThat(asked).containsExactly(1, 2, 3, 4);
        asked.clear();
        var other = new OverlapReranker();
        TopDocs best =
            CrossEncoderRescorer.withMissingTextFailing(other, QUERY, recording(asked))
                .prepared("prepared")
                .rescore(searcher, all(searcher), 6);
        assertThat(asked).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(best.scoreDocs[0].score)
            .isEqualTo(rescorer(model).rescore(searcher, all(searcher), 1).scoreDocs[0].score);
      }
    }
  }

  @Test
  void aPreparedPassageNeedsNoText() throws IOException {
    try (var directory = new ByteBuffersDirectory();
        var writer = writer(directory)) {
      var fields = new Document();
      fields.add(new StringField("key", "a", Field.Store.YES));
      fields.add(new PreparedPassageField("prepared", FakePreparer.passage("m1", "whales sleep")));
      writer.addDocument(fields);
      try (var reader = DirectoryReader.open(writer)) {
        var searcher = new IndexSearcher(reader);
        TopDocs best = rescorer(model).rescore(searcher, all(searcher), 1);
        assertThat((double) best.scoreDocs[0].score)
            .isCloseTo(
                OverlapReranker.sigmoid(OverlapReranker.logit(QUERY, "whales sleep")),
                within(1e-6));
        Explanation explained = rescorer(model).explain(searcher, Explanation.match(1, "first"), 0);
        assertThat(explained.isMatch()).isTrue();
        assertThat(explained.getValue().floatValue()).isEqualTo(best.scoreDocs[0].score);
        assertThat(model.takeRead()).isEmpty();

        List<Hit> found =
            LuceneRetriever.over(searcher)
                .idField("key")
                .text(TEXT)
                .query(text -> MatchAllDocsQuery.INSTANCE)
                .prepared("prepared")
                .build()
                .retrieve("any", 1);
        assertThat(found.get(0).document().text()).isEmpty();
        assertThat(found.get(0).document().prepared())
            .hasValue(FakePreparer.passage("m1", "whales sleep"));
      }
    }
  }

  @Test
  void whatAnotherModelHasPreparedIsRefused() throws IOException {
    try (var directory = new ByteBuffersDirectory();
        var writer = writer(directory)) {
      writer.addDocument(preparedFields("a", "m1"));
      writer.addDocument(preparedFields("b", "m2"));
      try (var reader = DirectoryReader.open(writer)) {
        var searcher = new IndexSearcher(reader);
        assertThatThrownBy(() -> rescorer(model).rescore(searcher, all(searcher), 2))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("document 'hit 2, doc 1' was prepared by m2, not by m1");
        TopDocs byText =
            CrossEncoderRescorer.withMissingTextLast(model, QUERY, TEXT)
                .rescore(searcher, all(searcher), 2);
        assertThat(byText.scoreDocs).hasSize(2);
      }
    }
  }

  /** What a disk, or another release, might have made of a value. */
  private static List<byte[]> damaged() {
    byte[] whole = FakePreparer.passage("m1", "whales sleep").bytes();
    byte[] later = whole.clone();
    later[3]++;
    return List.of(
        new byte[0],
        Arrays.copyOf(whole, 3),
        Arrays.copyOf(whole, 7),
        Arrays.copyOf(whole, whole.length - 1),
        Arrays.copyOf(whole, whole.length + 1),
        later,
        "whales sleep".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void aDamagedValueIsRefusedByName() throws IOException {
    for (byte[] value : damaged()) {
      try (var directory = new ByteBuffersDirectory();
          var writer = writer(directory)) {
        writer.addDocument(preparedFields("a", "m1"));
        Document fields = fields("b", "whales");
        fields.add(new BinaryDocValuesField("prepared", new BytesRef(value)));
        writer.addDocument(fields);
        try (var reader = DirectoryReader.open(writer)) {
          var searcher = new IndexSearcher(reader);
          assertThatThrownBy(() -> rescorer(model).rescore(searcher, all(searcher), 2))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("document 'hit 2, doc 1': ")
              .hasMessageContaining("prepare the passage again");
          assertThatThrownBy(() -> retriever(searcher).build().retrieve("whales", 2))
              .isInstanceOf(RetrievalException.class)
              .hasMessageStartingWith("document 'b': ")
              .hasMessageContaining("prepare the passage again");
        }
      }
    }
  }

  @Test
  void aDamagedValueOfALuceneIndexIsRefusedByNameToo(@TempDir Path folder) throws IOException {
    try (var index = LuceneIndex.builder().directory(folder).prepare(model).build()) {
      index.add(Texts.WHALES);
    }
    for (byte[] value : damaged()) {
      try (var directory = new MMapDirectory(folder);
          var writer = new IndexWriter(directory, new IndexWriterConfig())) {
        writer.updateBinaryDocValue(new Term("id", "b"), "vector.prepared", new BytesRef(value));
      }
      try (var index = LuceneIndex.builder().directory(folder).prepare(model).readOnly().build()) {
        assertThatThrownBy(() -> index.bm25().retrieve("whales", 3))
            .isInstanceOf(RetrievalException.class)
            .hasMessageStartingWith("document 'b': ");
        assertThat(index.bm25().retrieve("dogs", 3)).as("found without it").hasSize(1);
      }
    }
  }

  @Test
  void aFieldOfAnotherKindIsNamed() throws IOException {
    try (var directory = new ByteBuffersDirectory();
        var writer = writer(directory)) {
      Document fields = fields("a", "whales");
      fields.add(new NumericDocValuesField("prepared", 1));
      writer.addDocument(fields);
      try (var reader = DirectoryReader.open(writer)) {
        var searcher = new IndexSearcher(reader);
        assertThatThrownBy(() -> rescorer(model).rescore(searcher, all(searcher), 1))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("the field 'prepared' has no binary doc values");
        assertThatThrownBy(() -> retriever(searcher).build().retrieve("whales", 1))
            .isInstanceOf(RetrievalException.class)
            .hasMessageContaining("the field 'prepared' has no binary doc values");
        assertThat(retriever(searcher).prepared("elsewhere").build().retrieve("whales", 1).get(0))
            .satisfies(hit -> assertThat(hit.document().prepared()).isEmpty());
      }
    }
  }
}
