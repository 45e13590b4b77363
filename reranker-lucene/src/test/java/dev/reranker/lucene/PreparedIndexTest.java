package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.SearchResult;
import dev.reranker.passage.MaxP;
import dev.reranker.passage.PassageSplitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an index prepares, keeps, and gives back with its hits. */
class PreparedIndexTest {

  private static final List<String> TEXTS = Texts.WHALES.stream().map(Document::text).toList();

  private final FakePreparer model = new FakePreparer("m1");

  private LuceneIndex.Builder inMemory() {
    return LuceneIndex.builder().inMemory().prepare(model);
  }

  private static List<Hit> all(LuceneIndex index) {
    return index.bm25().retrieve("whales cats dogs sea the", 100);
  }

  /** The texts that were prepared, by document; none where the text is to be read. */
  private static Map<String, String> prepared(List<Hit> hits) {
    Map<String, String> prepared = new TreeMap<>();
    for (Hit hit : hits) {
      hit.document()
          .prepared()
          .ifPresent(passage -> prepared.put(hit.document().id(), FakePreparer.text(passage)));
    }
    return prepared;
  }

  private static Map<String, String> texts(List<Hit> hits) {
    Map<String, String> texts = new TreeMap<>();
    hits.forEach(hit -> texts.put(hit.document().id(), hit.document().text()));
    return texts;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 256})
  void oneRunOfTheModelGivesBothVectorAndPreparedPassage(int batchSize) {
    try (var index = inMemory().batchSize(batchSize).build()) {
      index.add(Texts.WHALES);
      assertThat(model.takeRead()).isEqualTo(TEXTS);
      List<Hit> nearest = index.knn().retrieve("dogs bark", 6);
      assertThat(nearest).hasSize(6);
      assertThat(nearest.get(0).document().id()).isEqualTo("d");
      for (List<Hit> hits :
          List.of(nearest, all(index), Fusion.rrf(index.knn(), index.bm25()).retrieve("sea", 6))) {
        assertThat(prepared(hits)).hasSize(6).isEqualTo(texts(hits));
      }
    }
  }

  @Test
  void aPipelineScoresWhatWasPreparedAndReadsNoText() {
    try (var index = inMemory().build()) {
      index.add(Texts.WHALES);
      var pipeline = Pipeline.builder().retrieve(index.knn(), 6).rerank(model, 3).build();
      model.takeRead();
      SearchResult result = pipeline.search("whales sleep");
      assertThat(Texts.ids(result.hits())).startsWith("a", "e");
      assertThat(result.stages().getLast().prepared()).isEqualTo(6);
      assertThat(model.takeRead()).isEmpty();
      assertThat(new OverlapReranker().rerank("whales sleep", TEXTS).hits().get(0).score())
          .isEqualTo(result.hits().get(0).score());
    }
  }

  @Test
  void aLateInteractionStageBetweenPassesThemOn() {
    try (var index = inMemory().tokenEmbedder(new WordsEmbedder()).build()) {
      index.add(Texts.WHALES);
      var pipeline =
          Pipeline.builder()
              .retrieve(index.knn(), 6)
              .rerank(index.lateInteraction(), 4)
              .rerank(model, 4)
              .build();
      assertThat(pipeline.search("whales sleep").stages().getLast().prepared()).isEqualTo(4);
    }
  }

  @Test
  void anEmbedderThatIsNamedEmbedsBesideThePreparer() {
    List<String> embedded = new ArrayList<>();
    var named =
        new WrappedEmbedder() {
          @Override
          public Embedder embedder() {
            return new BagEmbedder("other", 8);
          }

          @Override
          public List<float[]> embedPassages(List<String> passages) {
            embedded.addAll(passages);
            return embedder().embedPassages(passages);
          }
        };
    try (var index = inMemory().embedder(named).build()) {
      index.add(Texts.WHALES);
      assertThat(embedded).isEqualTo(TEXTS);
      assertThat(model.takeRead()).isEqualTo(TEXTS);
      assertThat(prepared(index.knn().retrieve("whales", 6))).hasSize(6);
    }
  }

  @Test
  void aPreparerThatIsNoEmbedderLeavesTheIndexWithoutVectors() {
    try (var index =
        LuceneIndex.builder().inMemory().prepare(FakePreparer.withoutEmbedder("m1")).build()) {
      index.add(Texts.WHALES);
      assertThat(prepared(all(index))).hasSize(6);
      assertThatThrownBy(index::knn)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("without an embedder, which knn() needs: set one in the builder");
    }
  }

  @Test
  void whatADocumentCarriesIsKeptAndNotPreparedAgain() {
    Document carries =
        Document.of("new", "whales dive").withPrepared(FakePreparer.passage("m1", "carried"));
    try (var index = inMemory().embedder(new BagEmbedder()).build()) {
      index.add(List.of(Document.of("x", "whales"), carries, Document.of("y", "whales eat")));
      assertThat(model.takeRead()).containsExactly("whales", "whales eat");
      assertThat(prepared(all(index)))
          .isEqualTo(Map.of("x", "whales", "new", "carried", "y", "whales eat"));
      index.add(all(index).stream().map(Hit::document).toList());
      assertThat(model.takeRead()).as("of documents that were found").isEmpty();
    }
    try (var index = inMemory().build()) {
      index.add(List.of(carries));
      assertThat(model.takeRead()).as("for the vector").containsExactly("whales dive");
      assertThat(prepared(index.knn().retrieve("whales dive", 1)))
          .isEqualTo(Map.of("new", "carried"));
    }
  }

  @Test
  void whatAnotherModelHasPreparedIsRefusedBeforeAnythingIsWritten() {
    Document foreign =
        Document.of("foreign", "whales").withPrepared(FakePreparer.passage("m2", "whales"));
    List<Document> documents = List.of(Document.of("good", "whales"), foreign);
    try (var index = inMemory().batchSize(1).build()) {
      for (Runnable write :
          List.<Runnable>of(
              () -> index.add(documents),
              () -> index.replace(new TermQuery(new Term("id", "good")), documents))) {
        assertThatThrownBy(write::run)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(
                "document 1 ('foreign') carries a passage prepared by fingerprint m2; the index"
                    + " keeps those of 'late' (fingerprint m1)");
        assertThat(index.size()).isZero();
        assertThat(model.takeRead()).isEmpty();
      }
    }
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(documents);
      assertThat(prepared(all(index))).as("of an index that keeps none").isEmpty();
    }
  }

  @Test
  void anUpdateADeleteAndAReplacementTakeThePreparedPassageAlong(@TempDir Path folder) {
    try (var index = LuceneIndex.builder().directory(folder).prepare(model).build();
        var reader = reader(folder, index)) {
      index.add(Texts.WHALES);
      index.add(List.of(Document.of("a", "whales dive")));
      index.delete(List.of("b"));
      index.replace(
          new TermQuery(new Term("id", "c")), List.of(Document.of("g", "cats eat the sea")));
      assertThat(texts(all(index))).containsOnlyKeys("a", "d", "e", "f", "g");
      assertThat(prepared(all(index)))
          .isEqualTo(texts(all(index)))
          .containsEntry("a", "whales dive");
      assertThat(all(reader)).isEmpty();
      index.commit();
      reader.refresh();
      assertThat(prepared(all(reader))).isEqualTo(texts(all(index)));
      assertThat(reader.preparedSize()).isEqualTo(index.preparedSize());
      assertThat(index.preparedSize().documents()).isEqualTo(5);
    }
  }

  private LuceneIndex reader(Path folder, LuceneIndex writer) {
    writer.commit();
    return LuceneIndex.builder().directory(folder).prepare(model).readOnly().build();
  }

  @Test
  void theSizeCountsWhatASearchCanFind() {
    try (var index = inMemory().build()) {
      assertThat(index.preparedSize()).isEqualTo(new PreparedSize(0, 0));
      index.add(Texts.WHALES);
      long each = FakePreparer.passage("m1", "").size();
      long letters = TEXTS.stream().mapToInt(String::length).sum();
      assertThat(index.preparedSize()).isEqualTo(new PreparedSize(6, 6 * each + letters));
      index.delete(List.of("a"));
      letters -= TEXTS.get(0).length();
      assertThat(index.preparedSize()).isEqualTo(new PreparedSize(5, 5 * each + letters));
    }
    try (var index = LuceneIndex.builder().inMemory().build()) {
      index.add(Texts.WHALES);
      assertThat(index.preparedSize()).isEqualTo(new PreparedSize(0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t"})
  void aBlankTextIsAPassageToo(String blank) {
    try (var index = inMemory().build()) {
      index.add(List.of(Document.of("blank", blank), Document.of("next", "whales")));
      assertThat(model.takeRead()).containsExactly(blank, "whales");
      long each = FakePreparer.passage("m1", "").size();
      assertThat(index.preparedSize())
          .isEqualTo(new PreparedSize(2, 2 * each + blank.length() + "whales".length()));
      assertThat(prepared(all(index))).isEqualTo(Map.of("next", "whales"));
    }
  }

  @Test
  void aPassageOfALongDocumentIsScoredAsPrepared() {
    var splitter = PassageSplitter.builder().maxTokens(6).overlap(3).build();
    String filler = "Nothing of note happens here today. ".repeat(5);
    try (var index = inMemory().build()) {
      index.add(splitter.split(Document.of("whales", filler + "Whales sleep upright. " + filler)));
      index.add(splitter.split(Document.of("cats", filler + "Cats sleep all day. " + filler)));
      model.takeRead();
      var pipeline =
          Pipeline.builder().retrieve(index.knn(), 100).rerank(MaxP.of(model), 2).build();
      SearchResult result = pipeline.search("Whales sleep upright");
      assertThat(Texts.ids(result.hits())).containsExactly("whales", "cats");
      assertThat(result.hits().get(0).document().text()).contains("Whales sleep");
      assertThat(prepared(result.hits())).isEqualTo(texts(result.hits()));
      assertThat(result.stages().getLast().prepared()).isEqualTo(index.size());
      assertThat(model.takeRead()).isEmpty();
    }
  }

  @Test
  void randomWritesLeaveEachDocumentItsOwnPassage(@TempDir Path folder) throws IOException {
    var random = new Random(Texts.seed());
    Map<String, String> expected = new TreeMap<>();
    try (var index = LuceneIndex.builder().directory(folder).build()) {
      writeAtRandom(random, index, expected);
    }
    var unprepared = new TreeMap<>(expected);
    for (int opening = 0; opening < 3; opening++) {
      try (var index =
          LuceneIndex.builder()
              .directory(folder)
              .prepare(model)
              .batchSize(1 + random.nextInt(20))
              .build()) {
        unprepared.keySet().removeAll(writeAtRandom(random, index, expected));
        check(index, expected, unprepared);
      }
    }
    try (var directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.forceMerge(1);
    }
    try (var index = LuceneIndex.builder().directory(folder).prepare(model).readOnly().build()) {
      check(index, expected, unprepared);
    }
  }

  private static void check(
      LuceneIndex index, Map<String, String> expected, Map<String, String> unprepared) {
    List<Hit> found = index.bm25().retrieve("always", Integer.MAX_VALUE);
    assertThat(texts(found)).isEqualTo(expected);
    var prepared = new TreeMap<>(expected);
    prepared.keySet().removeAll(unprepared.keySet());
    assertThat(prepared(found)).isEqualTo(prepared);
    assertThat(index.preparedSize().documents()).isEqualTo(prepared.size());
  }

  /** The ids of all that was written or deleted. */
  private static Set<String> writeAtRandom(
      Random random, LuceneIndex index, Map<String, String> expected) {
    Set<String> touched = new HashSet<>();
    for (int step = 0; step < 3; step++) {
      List<Document> batch = new ArrayList<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        batch.add(Document.of("d" + random.nextInt(100), "always " + Texts.random(random, 30)));
      }
      index.add(batch);
      batch.forEach(document -> expected.put(document.id(), document.text()));
      batch.forEach(document -> touched.add(document.id()));
      String deleted = "d" + random.nextInt(100);
      index.delete(List.of(deleted));
      expected.remove(deleted);
      touched.add(deleted);
      if (random.nextBoolean()) {
        index.commit();
      }
    }
    return touched;
  }

  @Test
  void aClosedIndexLeavesThePreparerOpen() {
    var index = inMemory().build();
    index.close();
    assertThatThrownBy(index::preparedSize).isInstanceOf(IllegalStateException.class);
    assertThat(model.prepare(List.of("x"))).hasSize(1);
  }
}
