package dev.reranker.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The default model's scorer alone, on passages in int8: in ONNX Runtime and in Java. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class ScorerBenchmark {

  /** Passages that differ; more are copies of them in memory of their own. */
  private static final int DIFFERENT = 10;

  /** What rounding may move a logit by. */
  private static final float TOLERANCE = 0.05f;

  /** Where the scorer is computed. */
  public enum Way {
    /** Its graph in ONNX Runtime, int8 decoded to float32 before. */
    ONNX_RUNTIME,
    /** Loops over int8. */
    JAVA
  }

  /** Where the scorer is computed. */
  @Param public Way way;

  /** Passages × tokens of each. */
  @Param({"100x40", "100x130", "1000x130", "100x1030"})
  public String passages;

  /** Tokens of the query. */
  @Param({"12", "32"})
  public int queryTokens;

  /** Threads. */
  @Param({"1", "2"})
  public int threads;

  /** Passages that a thread takes at a time. */
  @Param({"8", "16", "32", "100"})
  public int batch;

  private OrtSession session;
  private LateScorer scorer;
  private LateVectors query;
  private List<LateVectors.Rounded> candidates;

  /** Made by JMH. */
  public ScorerBenchmark() {}

  /**
   * Encodes query and passages, and compares the logits with those of full vectors.
   *
   * @throws Exception if that fails
   */
  @Setup
  public void open() throws Exception {
    Facts.clear();
    int count = Integer.parseInt(passages.substring(0, passages.indexOf('x')));
    int tokens = Integer.parseInt(passages.substring(passages.indexOf('x') + 1));
    try (var files = ModelFiles.unpack()) {
      session = OnnxScorer.session(files.apart());
      var weights = new ScorerWeights(files.apart());
      List<LateVectors> full = encode(files, count, tokens);
      candidates = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        candidates.add(full.get(i % full.size()).rounded());
      }
      scorer =
          new LateScorer(
              threads,
              batch,
              () ->
                  switch (way) {
                    case ONNX_RUNTIME -> new OnnxScorer(session);
                    case JAVA -> new JavaScorer(weights);
                  });
      compare(full);
    }
    Facts.put("pairs", count);
  }

  private List<LateVectors> encode(ModelFiles files, int count, int tokens)
      throws IOException, OrtException {
    var text = new TextGenerator(42);
    List<LateVectors> full = new ArrayList<>();
    try (var encoder = new LateEncoder(files.apart())) {
      query = encoder.query(text.text(queryTokens - 2));
      for (int i = 0; i < Math.min(count, DIFFERENT); i++) {
        full.add(encoder.passage(text.text(tokens - 1)));
      }
    }
    return full;
  }

  private void compare(List<LateVectors> full) throws Exception {
    float[] logits = scorer.score(query, candidates);
    var exact = new OnnxScorer(session);
    float greatest = 0;
    for (int i = 0; i < full.size(); i++) {
      greatest = Math.max(greatest, Math.abs(logits[i] - exact.score(query, full.get(i))));
    }
    if (!(greatest <= TOLERANCE)) {
      throw new IllegalStateException("a logit is off by " + greatest);
    }
    Facts.put("off by", greatest);
  }

  /**
   * Scores the request.
   *
   * @return the logits
   * @throws Exception if that fails
   */
  @Benchmark
  public float[] score() throws Exception {
    return scorer.score(query, candidates);
  }

  /**
   * Releases the model.
   *
   * @throws OrtException if that fails
   */
  @TearDown
  public void close() throws OrtException {
    scorer.close();
    session.close();
  }
}
