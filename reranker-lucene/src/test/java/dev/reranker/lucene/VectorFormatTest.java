package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorFormatTest {

  private static final BagEmbedder EMBEDDER = new BagEmbedder("bag", 64);

  /** The same in each run: what is found must not hang on chance. */
  private static final List<Document> DOCUMENTS = documents(new Random(7));

  private static final List<float[]> VECTORS =
      EMBEDDER.embedPassages(DOCUMENTS.stream().map(Document::text).toList());

  @TempDir Path folder;

  private static List<Document> documents(Random random) {
    return IntStream.range(0, 600)
        .mapToObj(i -> Document.of("d%03d".formatted(i), Texts.random(random, 200)))
        .toList();
  }

  private LuceneIndex open(VectorFormat format) {
    return LuceneIndex.builder().directory(folder).embedder(EMBEDDER).vectors(format).build();
  }

  private static double score(float[] query, Document document) {
    float[] vector = VECTORS.get(Integer.parseInt(document.id().substring(1)));
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      sum += (double) query[i] * vector[i];
    }
    return (1 + sum) / 2;
  }

  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void scoresAreOfTheFullVectors(VectorFormat format) {
    try (var index = open(format)) {
      index.add(DOCUMENTS);
      float[] query = EMBEDDER.embedQuery("w1 w2 w3");
      for (Hit found : index.knn().retrieve("w1 w2 w3", 20)) {
        assertThat(found.score()).isCloseTo(score(query, found.document()), within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void theNearestAreFound(VectorFormat format) {
    try (var index = open(format)) {
      index.add(DOCUMENTS);
      int common = 0;
      for (int i = 0; i < 50; i++) {
        String query = DOCUMENTS.get(i).text() + " w" + i;
        float[] vector = EMBEDDER.embedQuery(query);
        double[] scores = DOCUMENTS.stream().mapToDouble(d -> score(vector, d)).toArray();
        double tenth = Arrays.stream(scores).sorted().toArray()[scores.length - 10];
        common +=
            (int)
                index.knn().retrieve(query, 10).stream()
                    .filter(found -> found.score() > tenth - 1e-6)
                    .count();
      }
      assertThat(common / 500.0).as("recall@10 of 50 queries").isGreaterThan(0.9);
    }
  }

  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void aFilterThatNothingMatchesFindsNothing(VectorFormat format) {
    try (var index = open(format)) {
      index.add(DOCUMENTS);
      var none = new TermQuery(new Term("id", "no such id"));
      assertThat(index.knn().filter(none).retrieve("w1", 10)).isEmpty();
    }
  }

  @Test
  void fewerBitsTakeLessMemory() throws IOException {
    long int8 = searchedBytes(VectorFormat.INT8);
    assertThat(int8).isBetween(600L * 64, 600L * 64 * 2);
    assertThat(searchedBytes(VectorFormat.FLOAT32)).isEqualTo(600L * 64 * 4);
    assertThat(searchedBytes(VectorFormat.INT7)).isEqualTo(int8);
    assertThat(searchedBytes(VectorFormat.INT4)).isEqualTo(int8 - 600L * 64 / 2);
    assertThat(searchedBytes(VectorFormat.INT1)).isEqualTo(int8 - 600L * 64 * 7 / 8);
  }

  /** The size of the vectors that the graph compares. */
  private long searchedBytes(VectorFormat format) throws IOException {
    Path path = folder.resolve(format.name());
    try (var index =
        LuceneIndex.builder().directory(path).embedder(EMBEDDER).vectors(format).build()) {
      index.add(DOCUMENTS);
    }
    long bytes = 0;
    try (var directory = new MMapDirectory(path);
        var reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        var segment = (CodecReader) leaf.reader();
        Map<String, Long> sizes =
            segment
                .getVectorReader()
                .getOffHeapByteSize(segment.getFieldInfos().fieldInfo("vector"));
        bytes += sizes.getOrDefault("veq", sizes.getOrDefault("vec", 0L));
      }
    }
    return bytes;
  }

  @Test
  void scoresStayExactWhenTheFormatIsNotNamedAgain() {
    try (var index = open(VectorFormat.INT1)) {
      index.add(DOCUMENTS);
    }
    for (int opening = 0; opening < 2; opening++) {
      try (var index = LuceneIndex.builder().directory(folder).embedder(EMBEDDER).build()) {
        float[] query = EMBEDDER.embedQuery("w1 w2 w3");
        for (Hit found : index.knn().retrieve("w1 w2 w3", 20)) {
          assertThat(found.score()).isCloseTo(score(query, found.document()), within(1e-6));
        }
        index.add(DOCUMENTS.subList(0, 10));
      }
    }
  }

  @Test
  void theFormatMayChange() {
    try (var index = open(VectorFormat.FLOAT32)) {
      index.add(DOCUMENTS.subList(0, 300));
    }
    try (var index = open(VectorFormat.INT4)) {
      index.add(DOCUMENTS.subList(300, 600));
      for (int i : new int[] {5, 305}) {
        assertThat(index.knn().retrieve(DOCUMENTS.get(i).text(), 1).get(0).score())
            .isCloseTo(1, within(1e-6));
      }
    }
  }
}
