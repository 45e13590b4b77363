package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one model has prepared is never scored by another, and texts always are. */
class PreparerFingerprintTest {

  @TempDir Path folder;

  private LuceneIndex.Builder onDisk() {
    return LuceneIndex.builder().directory(folder);
  }

  private LuceneIndex.Builder with(FakePreparer preparer) {
    return onDisk().prepare(preparer);
  }

  private static LuceneIndex open(LuceneIndex.Builder builder, boolean readOnly) {
    return readOnly ? builder.readOnly().build() : builder.build();
  }

  private static void fill(LuceneIndex.Builder builder) {
    try (var index = builder.build()) {
      index.add(Texts.WHALES);
    }
  }

  private Map<String, String> userData() throws IOException {
    try (var directory = new MMapDirectory(folder)) {
      return SegmentInfos.readLatestCommit(directory).getUserData();
    }
  }

  private long generation() throws IOException {
    try (var directory = new MMapDirectory(folder)) {
      return SegmentInfos.readLatestCommit(directory).getGeneration();
    }
  }

  private static int prepared(LuceneIndex index, FakePreparer model) {
    var pipeline = Pipeline.builder().retrieve(index.bm25(), 9).rerank(model, 9).build();
    return pipeline.search("whales").stages().getLast().prepared();
  }

  @ParameterizedTest
  @CsvSource({"late, false", "late, true", "other, false", "other, true"})
  void anotherPreparerIsRefusedBeforeAnythingIsWritten(String name, boolean readOnly)
      throws IOException {
    fill(with(new FakePreparer("m1")));
    long before = generation();
    for (boolean embeds : new boolean[] {false, true}) {
      var other = new FakePreparer(name, "m2", embeds);
      assertThatThrownBy(() -> open(with(other), readOnly))
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("was made with passages prepared by 'late' (fingerprint m1)")
          .hasMessageContaining("not by '" + name + "' (fingerprint m2)")
          .hasMessageContaining("or without one to search it by its texts");
      assertThat(other.takeRead()).isEmpty();
    }
    assertThat(generation()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSamePreparerUnderAnotherNameOpens(boolean readOnly) {
    fill(with(new FakePreparer("m1")));
    var renamed = new FakePreparer("renamed", "m1", true);
    try (var index = open(with(renamed), readOnly)) {
      assertThat(prepared(index, renamed)).isEqualTo(3);
      assertThat(Texts.ids(index.knn().retrieve("dogs bark", 1))).containsExactly("d");
    }
  }

  @Test
  void whatAnotherIndexBroughtAlongIsFoundByItsOwnFingerprint(@TempDir Path other)
      throws IOException {
    var model = FakePreparer.withoutEmbedder("m1");
    fill(with(model));
    try (var index =
        LuceneIndex.builder()
            .directory(other)
            .prepare(FakePreparer.withoutEmbedder("m2"))
            .build()) {
      index.add(List.of(Document.of("foreign", "whales of another index")));
    }
    for (boolean merged : new boolean[] {false, true}) {
      try (var into = new MMapDirectory(folder);
          var from = new MMapDirectory(other);
          var writer = new IndexWriter(into, new IndexWriterConfig())) {
        if (merged) {
          writer.forceMerge(1);
        } else {
          writer.addIndexes(from);
        }
      }
      try (var index = with(model).readOnly().build()) {
        assertThatThrownBy(() -> prepared(index, model))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("document 'foreign' was prepared by m2, not by m1");
        assertThat(index.bm25().retrieve("bark", 1).get(0).document().prepared())
            .hasValue(FakePreparer.passage("m1", "dogs bark"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIndexWithoutPreparedPassagesIsRerankedByItsTexts(boolean readOnly) {
    fill(onDisk().embedder(new BagEmbedder()));
    var model = new FakePreparer("m1");
    try (var index = open(with(model).embedder(new BagEmbedder()), readOnly)) {
      assertThat(prepared(index, model)).isZero();
      assertThat(model.takeRead())
          .containsExactlyInAnyOrder("whales sleep", "whales sleep", "whales swim in the sea");
    }
  }

  @Test
  void whatIsAddedToItLaterIsPrepared() throws IOException {
    fill(onDisk().embedder(new BagEmbedder()));
    var model = new FakePreparer("m1");
    try (var index = with(model).embedder(new BagEmbedder()).build()) {
      index.add(List.of(Document.of("new", "whales dive"), Texts.WHALES.get(0)));
      assertThat(model.takeRead()).containsExactly("whales dive", "whales sleep");
      assertThat(prepared(index, model)).isEqualTo(2);
      assertThat(model.takeRead())
          .containsExactlyInAnyOrder("whales sleep", "whales swim in the sea");
    }
    assertThat(userData())
        .containsEntry("reranker.preparer", "late")
        .containsEntry("reranker.prepared-fingerprint", "m1");
    assertThatThrownBy(() -> with(FakePreparer.withoutEmbedder("m2")).build())
        .isInstanceOf(RetrievalException.class);
  }

  @Test
  void withoutItsPreparerAnIndexIsSearchedByItsTextsAndNotAddedTo() throws IOException {
    var model = new FakePreparer("m1");
    fill(with(model));
    model.takeRead();
    try (var index = onDisk().embedder(model.embedder().orElseThrow()).build()) {
      assertThat(index.knn().retrieve("whales", 6))
          .hasSize(6)
          .allSatisfy(hit -> assertThat(hit.document().prepared()).isEmpty());
      assertThatThrownBy(() -> index.add(Texts.WHALES))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was made with preparer 'late' (fingerprint m1)")
          .hasMessageContaining("open it with that preparer to add documents");
      index.delete(List.of("a"));
      assertThat(index.preparedSize().documents()).isEqualTo(5);
      assertThat(model.takeRead()).isEmpty();
    }
    assertThat(userData()).containsEntry("reranker.prepared-fingerprint", "m1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itsEmbedderIsLeftOutOfAnIndexWithoutVectors(boolean readOnly) {
    fill(onDisk());
    var model = new FakePreparer("m1");
    try (var index = open(with(model), readOnly)) {
      assertThat(prepared(index, model)).isZero();
      assertThatThrownBy(index::knn)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the preparer's own did not make this index's vectors");
      if (!readOnly) {
        index.add(List.of(Document.of("new", "whales dive")));
        assertThat(prepared(index, model)).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itsEmbedderIsLeftOutOfAnIndexWithAnothersVectors(boolean readOnly) {
    fill(onDisk().embedder(new BagEmbedder()));
    var model = new FakePreparer("m1");
    try (var index = open(with(model), readOnly)) {
      assertThat(prepared(index, model)).isZero();
      assertThatThrownBy(index::knn)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the preparer's own did not make this index's vectors");
      assertThatThrownBy(() -> index.add(Texts.WHALES)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void itsEmbedderOpensAnIndexThatItMadeBefore() {
    var model = new FakePreparer("m1");
    fill(onDisk().embedder(model.embedder().orElseThrow()));
    model.takeRead();
    try (var index = with(model).build()) {
      index.add(List.of(Document.of("new", "whales dive")));
      assertThat(model.takeRead()).containsExactly("whales dive");
      assertThat(Texts.ids(index.knn().retrieve("whales dive", 1))).containsExactly("new");
      assertThat(prepared(index, model)).isEqualTo(1);
    }
  }

  @Test
  void aReaderOfAnEmptyIndexFindsOutLater() {
    var model = FakePreparer.withoutEmbedder("m1");
    try (var index = with(model).build();
        var same = with(model).readOnly().build();
        var other = with(FakePreparer.withoutEmbedder("m2")).readOnly().build()) {
      index.add(Texts.WHALES);
      index.commit();
      same.refresh();
      assertThat(prepared(same, model)).isEqualTo(3);
      assertThatThrownBy(other::refresh)
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("fingerprint m1")
          .hasMessageContaining("fingerprint m2");
      assertThat(other.size()).isZero();
    }
  }

  @Test
  void aRerankerOfTheSameModelScoresDocumentsOfAnyIndex() {
    fill(with(FakePreparer.withoutEmbedder("m1")));
    try (var index = with(FakePreparer.withoutEmbedder("m1")).readOnly().build()) {
      var request = RerankRequest.of("whales", index.bm25().retrieve("whales", 3));
      assertThat(new FakePreparer("elsewhere", "m1", true).rerank(request).report().prepared())
          .isEqualTo(3);
    }
  }
}
