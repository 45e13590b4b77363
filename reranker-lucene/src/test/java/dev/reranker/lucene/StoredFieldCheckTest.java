package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

/** Whether a field is stored for some document, told only where it is sure. */
class StoredFieldCheckTest {

  private static final List<IndexableField> UNSTORED =
      List.of(
          new TextField("body", "whales", Field.Store.NO),
          new SortedDocValuesField("body", new BytesRef("whales")),
          new IntPoint("body", 1),
          new KnnFloatVectorField("body", new float[] {1, 0}));

  private static Optional<String> complaint(int documents, IntFunction<List<IndexableField>> body)
      throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      write(directory, documents, body);
      try (var reader = DirectoryReader.open(directory)) {
        return StoredFieldCheck.complaint(reader, List.of("body"));
      }
    }
  }

  private static void write(
      ByteBuffersDirectory directory, int documents, IntFunction<List<IndexableField>> body)
      throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      for (int i = 0; i < documents; i++) {
        var document = new Document();
        document.add(new StringField("id", "d" + i, Field.Store.YES));
        body.apply(i).forEach(document::add);
        writer.addDocument(document);
      }
    }
  }

  @Test
  void whatNoDocumentHasStoredIsNamedWhateverElseTheFieldIsFor() throws IOException {
    for (IndexableField field : UNSTORED) {
      assertThat(complaint(9, i -> List.of(field)))
          .as("%s", field)
          .hasValueSatisfying(text -> assertThat(text).contains("stored field 'body'", "[id]"));
    }
  }

  @Test
  void oneDocumentThatHasItStoredIsEnoughWhateverElseTheFieldIsFor() throws IOException {
    for (IndexableField field : UNSTORED) {
      var stored = new StoredField("body", "whales");
      assertThat(complaint(9, i -> List.of(field, stored))).as("%s", field).isEmpty();
      assertThat(complaint(9, i -> i == 8 ? List.of(field, stored) : List.of(field)))
          .as("%s, stored once", field)
          .isEmpty();
    }
  }

  @Test
  void beyondTheLimitNothingIsClaimed() throws IOException {
    int limit = StoredFieldCheck.LOOKED_AT;
    for (IndexableField field : UNSTORED) {
      assertThat(complaint(limit, i -> List.of(field))).as("%s", field).isPresent();
      assertThat(complaint(limit + 1, i -> List.of(field))).as("%s", field).isEmpty();
    }
    assertThat(complaint(limit + 1, i -> List.of()))
        .as("a field that is not there at all")
        .isPresent();
  }

  @Test
  void aSearchWhoseHitsMerelyLackTheTextIsAnswered() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      int last = StoredFieldCheck.LOOKED_AT + 500;
      write(
          directory,
          last + 1,
          i -> List.of(new TextField("body", "w", i == last ? Field.Store.YES : Field.Store.NO)));
      try (var reader = DirectoryReader.open(directory)) {
        var over = LuceneRetriever.over(reader).text(PassageSource.stored("body"));
        var all = over.query(text -> MatchAllDocsQuery.INSTANCE).build();
        assertThat(all.retrieve("x", 3)).hasSize(3).allMatch(h -> h.document().text().isEmpty());
        var one =
            over.query(text -> new TermQuery(new org.apache.lucene.index.Term("id", "d" + last)))
                .build();
        assertThat(one.retrieve("x", 3)).extracting(h -> h.document().text()).containsExactly("w");
      }
    }
  }
}
