package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.onnxruntime.OrtException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The graph by which ColBERTs score: how it is made, and what it computes. */
class MaxSimGraphTest {

  private static final String FILE = "maxsim.onnx";

  static byte[] graph() {
    return new OnnxGraph()
        .versions(8, 18)
        .input("query_vectors", OnnxGraph.FLOAT, 1, "query", "size")
        .input("query_weights", OnnxGraph.FLOAT, 1, "query")
        .input("query_ids", OnnxGraph.INT64, 1, "query")
        .input("query_mean", OnnxGraph.FLOAT, 1, 1)
        .input("passage_vectors", OnnxGraph.FLOAT, "batch", "passage", "size")
        .input("passage_ids", OnnxGraph.INT64, "batch", "passage")
        .input("passage_mask", OnnxGraph.INT64, "batch", "passage")
        .input("passage_mean", OnnxGraph.FLOAT, "batch", 1)
        .longs("rest", -1)
        .longs("axis_1", 1)
        .longs("axis_2", 2)
        .floats("one", new float[] {1}, 1)
        .floats("far", new float[] {1e9f}, 1)
        .node("Flatten", List.of("query_vectors"), "query_rows", "axis", 2)
        .node("Flatten", List.of("passage_vectors"), "passage_rows", "axis", 2)
        .node("Gemm", List.of("passage_rows", "query_rows"), "matches", "transB", 1)
        .node("Shape", List.of("passage_mask"), "rows")
        .node("Concat", List.of("rows", "rest"), "shape", "axis", 0)
        .node("Reshape", List.of("matches", "shape"), "by_passage")
        .node("Cast", List.of("passage_mask"), "real", "to", OnnxGraph.FLOAT)
        .node("Sub", List.of("real", "one"), "padding")
        .node("Mul", List.of("padding", "far"), "away")
        .node("Unsqueeze", List.of("away", "axis_2"), "away_3d")
        .node("Add", List.of("by_passage", "away_3d"), "real_matches")
        .node("ReduceMax", List.of("real_matches", "axis_1"), "best", "keepdims", 0)
        .node("ReduceSum", List.of("best", "axis_1"), "logits", "keepdims", 0)
        .output("logits", OnnxGraph.FLOAT, "batch")
        .bytes();
  }

  /** With {@code -Dmaxsim=write} the file is made anew. */
  @Test
  void theFileIsThisGraph() throws Exception {
    byte[] graph = graph();
    if ("write".equals(System.getProperty("maxsim"))) {
      Files.write(Path.of("src/main/resources/dev/reranker/onnx", FILE), graph);
    }
    assertThat(TinyModel.resource("dev/reranker/onnx/" + FILE)).isEqualTo(graph);
  }

  private static float[] scores(float[] query, float[][] passages, int size) throws OrtException {
    var graph = GraphFile.open(ModelFile.of(ColbertModel.class.getResource(FILE)));
    float[] scores = new float[passages.length];
    int longest = 0;
    int[] rows = new int[passages.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
      longest = Math.max(longest, passages[i].length / size);
    }
    try (LateScorer scorer = LateScorer.open("maxsim", graph, size, 1, "the test")) {
      QueryBuffers buffers = scorer.query();
      buffers.fill(query, size);
      scorer.run(
          buffers,
          new Batch(rows, longest),
          row -> content(passages[row], size),
          (batch, logits) -> logits.get(scores));
      scorer.release(buffers);
    }
    return scores;
  }

  private static PreparedContent content(float[] vectors, int size) {
    long[] ids = new long[vectors.length / size];
    byte[] bytes = PreparedContent.write(PreparedFormat.FLOAT32, false, ids, vectors, new float[1]);
    return PreparedContent.read(ByteBuffer.wrap(bytes), size, 1);
  }

  /** Case h09: what is padding adds nothing. */
  @Test
  void theSumOverBestMatchesOfRealRows() throws OrtException {
    float[][] documents = {{1, 0, 0.8f, 0.6f}, {0, 1}};
    assertThat(scores(new float[] {1, 0, 0, 1}, documents, 2))
        .containsExactly(new float[] {1.6f, 1.0f}, offset(1e-6f));
    assertThat(scores(new float[] {0.6f, 0.8f}, documents, 2))
        .containsExactly(new float[] {0.96f, 0.8f}, offset(1e-6f));
  }

  @Test
  void itIsWhatLoopsCompute() throws OrtException {
    Random random = Seeds.print(MaxSimGraphTest.class);
    int size = 12;
    float[] query = floats(random, 32 * size);
    float[][] passages = new float[9][];
    double[] expected = new double[passages.length];
    for (int p = 0; p < passages.length; p++) {
      passages[p] = floats(random, size * (1 + random.nextInt(40)));
      for (int q = 0; q < 32; q++) {
        double best = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < passages[p].length / size; t++) {
          double match = 0;
          for (int i = 0; i < size; i++) {
            match += (double) query[q * size + i] * passages[p][t * size + i];
          }
          best = Math.max(best, match);
        }
        expected[p] += best;
      }
    }
    float[] scores = scores(query, passages, size);
    for (int p = 0; p < scores.length; p++) {
      assertThat(scores[p])
          .isCloseTo((float) expected[p], org.assertj.core.api.Assertions.within(1e-3f));
    }
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
