package dev.reranker.benchmarks;

import dev.reranker.Hit;
import dev.reranker.lucene.VectorFormat;
import java.io.IOException;
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

/** One {@code knn().retrieve} of the library, the query's embedding made ahead of time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class FormatBenchmark {

  /** Documents in the index. */
  @Param("10000")
  public int documents;

  /** How vectors are kept. */
  @Param public VectorFormat format;

  private FormatIndex index;
  private int next;

  /** Made by JMH. */
  public FormatBenchmark() {}

  /**
   * Builds or opens the index, and measures recall and size.
   *
   * @throws IOException if that fails
   */
  @Setup
  public void open() throws IOException {
    Facts.clear();
    index = FormatIndex.open(documents, format);
    Facts.put("recall@100", index.recall());
    Facts.put("segments", index.sizes().segments());
    Facts.put("index bytes", index.sizes().all());
    Facts.put("vector bytes", index.sizes().vectors());
    Facts.put("compared bytes", index.sizes().compared());
  }

  /**
   * Searches for 100 candidates, whose stored text is read too.
   *
   * @return the candidates
   */
  @Benchmark
  public List<Hit> retrieve() {
    return index.retrieve(next++ % index.queries());
  }

  /** Closes the index. */
  @TearDown
  public void close() {
    index.close();
  }
}
