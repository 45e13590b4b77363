package dev.reranker.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.search.TopDocs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One first-stage search in Lucene, the query's embedding made ahead of time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RetrievalBenchmark {

  /** Documents in the index. */
  @Param({"10000", "100000"})
  public int documents;

  /** Candidates a search. */
  @Param({"10", "100"})
  public int k;

  private int next;

  /** Made by JMH. */
  public RetrievalBenchmark() {}

  /** An index for nearest-neighbour search. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public static class Knn {

    /** How vectors are kept. */
    @Param public Vectors vectors;

    private RetrievalIndex index;

    /** Made by JMH. */
    public Knn() {}

    /**
     * Builds or opens the index and measures recall.
     *
     * @param benchmark says how many documents
     * @throws IOException if that fails
     */
    @Setup
    public void open(RetrievalBenchmark benchmark) throws IOException {
      Facts.clear();
      index = RetrievalIndex.open(benchmark.documents, vectors);
      Facts.put("recall@10", index.recall(benchmark.k));
    }

    /**
     * Closes the index.
     *
     * @throws IOException if that fails
     */
    @TearDown
    public void close() throws IOException {
      index.close();
    }
  }

  /** An index for word search; its vectors play no part. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public static class Bm25 {

    private RetrievalIndex index;

    /** Made by JMH. */
    public Bm25() {}

    /**
     * Builds or opens the index.
     *
     * @param benchmark says how many documents
     * @throws IOException if that fails
     */
    @Setup
    public void open(RetrievalBenchmark benchmark) throws IOException {
      Facts.clear();
      index = RetrievalIndex.open(benchmark.documents, Vectors.FULL);
    }

    /**
     * Closes the index.
     *
     * @throws IOException if that fails
     */
    @TearDown
    public void close() throws IOException {
      index.close();
    }
  }

  /**
   * Searches by vector.
   *
   * @param knn the index
   * @return the hits
   * @throws IOException if that fails
   */
  @Benchmark
  public TopDocs knn(Knn knn) throws IOException {
    return knn.index.knn(next++ % knn.index.queries(), k);
  }

  /**
   * Searches by words.
   *
   * @param bm25 the index
   * @return the hits
   * @throws IOException if that fails
   */
  @Benchmark
  public TopDocs bm25(Bm25 bm25) throws IOException {
    return bm25.index.bm25(next++ % bm25.index.queries(), k);
  }
}
