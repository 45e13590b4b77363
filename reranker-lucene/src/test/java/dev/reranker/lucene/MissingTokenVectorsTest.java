package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.RerankRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Candidates of which the index has some and lacks others, in several segments and after they were
 * merged: each gets the score of its own vectors.
 */
class MissingTokenVectorsTest {

  private static final float[][] QUERY = {
    {-0.700182f, 0.376135f, 0.183239f, 0.578525f},
    {0.179825f, -0.618456f, 0.453771f, 0.615846f},
    {-0.553274f, -0.737665f, 0.019554f, -0.386467f}
  };

  private static final Map<String, float[][]> PASSAGES =
      Map.of(
          "a",
          new float[][] {
            {-0.836676f, 0.271104f, 0.475344f, -0.022878f},
            {0.47228f, -0.664871f, -0.324609f, -0.479089f},
            {0.007822f, -0.434514f, -0.88065f, -0.18866f}
          },
          "b",
          new float[][] {
            {-0.613755f, 0.01819f, 0.622964f, 0.484654f},
            {-0.727695f, -0.618761f, 0.020675f, 0.295239f}
          },
          "c",
          new float[][] {
            {-0.020121f, 0.361231f, -0.635901f, -0.681716f},
            {-0.370823f, 0.580816f, -0.087465f, 0.71937f},
            {0.260183f, -0.682967f, -0.463471f, -0.501055f},
            {-0.793948f, -0.399002f, -0.417048f, 0.191088f}
          },
          "d",
          new float[][] {{-0.195331f, 0.361024f, -0.588727f, -0.696353f}},
          "e",
          new float[][] {
            {0.492175f, 0.170417f, -0.499854f, -0.692003f},
            {0.812422f, -0.451352f, 0.017438f, -0.368712f}
          },
          "f",
          new float[][] {
            {-0.727407f, -0.154855f, 0.359768f, 0.563441f},
            {-0.252745f, -0.747848f, -0.053201f, -0.611566f},
            {-0.523382f, -0.225611f, 0.087062f, -0.817063f},
            {-0.102711f, -0.584382f, -0.609644f, 0.525626f},
            {-0.033312f, -0.450662f, -0.741597f, -0.495811f}
          });

  /** The sum over the query's tokens of the best (1 + dot product) / 2, computed elsewhere. */
  private static final Map<String, Double> SUMS =
      Map.of("a", 2.1117, "b", 2.51801, "c", 2.28114, "d", 0.9534, "e", 1.22996, "f", 2.62249);

  private static final List<String> CANDIDATES = List.of("f", "b", "a", "e", "c", "d");

  /** Knows the vectors of the texts, and counts those that it is asked for. */
  private static final class Table implements MultiVectorEmbedder {

    private final List<String> embedded = new ArrayList<>();

    @Override
    public List<float[]> embedQueryTokens(String query) {
      return List.of(QUERY.clone());
    }

    @Override
    public List<List<float[]>> embedPassageTokens(List<String> passages) {
      embedded.addAll(passages);
      return passages.stream().map(text -> List.of(PASSAGES.get(text))).toList();
    }

    @Override
    public int dimension() {
      return 4;
    }

    @Override
    public String name() {
      return "table";
    }

    @Override
    public void close() {}
  }

  private static Document document(String id) {
    return Document.of(id, id);
  }

  @Test
  void eachCandidateHasTheScoreOfItsOwnVectors(@TempDir Path folder) throws IOException {
    var model = new Table();
    try (var index = LuceneIndex.builder().directory(folder).tokenEmbedder(model).build()) {
      // One segment for each commit; the one in the middle has no candidate that is still there.
      for (List<String> segment : List.of(List.of("b", "a"), List.of("c", "d"), List.of("f"))) {
        index.add(segment.stream().map(MissingTokenVectorsTest::document).toList());
        index.commit();
      }
      index.delete(List.of("b", "c", "d"));
      checkAnyOrder(index, model);
    }
    try (var directory = FSDirectory.open(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.forceMerge(1);
    }
    try (var index =
        LuceneIndex.builder().directory(folder).tokenEmbedder(model).readOnly().build()) {
      checkAnyOrder(index, model);
    }
  }

  private static void checkAnyOrder(LuceneIndex index, Table model) {
    model.embedded.clear();
    checkScores(index, model, CANDIDATES);
    var random = new Random(Texts.seed());
    for (int round = 0; round < 20; round++) {
      List<String> shuffled = new ArrayList<>(CANDIDATES);
      Collections.shuffle(shuffled, random);
      checkScores(index, model, shuffled);
    }
  }

  private static void checkScores(LuceneIndex index, Table model, List<String> candidates) {
    List<Document> documents = candidates.stream().map(MissingTokenVectorsTest::document).toList();
    List<Hit> hits =
        index.lateInteraction().rerank(RerankRequest.ofDocuments("any", documents)).hits();
    assertThat(hits).isSortedAccordingTo(Comparator.comparingDouble(Hit::score).reversed());
    Map<String, Hit> byId = new TreeMap<>();
    hits.forEach(hit -> byId.put(hit.document().id(), hit));
    assertThat(byId).containsOnlyKeys(PASSAGES.keySet());
    byId.forEach(
        (id, hit) -> {
          assertThat(hit.scored()).as(id).isTrue();
          double sum = Objects.requireNonNull(SUMS.get(id));
          assertThat(hit.raw().orElseThrow()).as(id).isCloseTo(sum, within(1e-5));
          assertThat(hit.score()).as(id).isCloseTo(sum / 3, within(1e-5));
        });
    assertThat(model.embedded)
        .as("embedded on the spot")
        .containsExactlyInAnyOrder("b", "c", "d", "e");
    model.embedded.clear();
  }
}
