package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The parts of the matrix, each of which can be run alone. */
enum Piece {

  /**
   * Everybody at 100 candidates and one caller, the outlier among 300 and the roofline's peak;
   * within five minutes.
   */
  QUICK {
    @Override
    List<Run> runs() {
      List<Run> runs = new ArrayList<>();
      for (Workload workload : LENGTHS) {
        runs.add(scoring(PEERS, workload, 100, 1).timed(1, 2.5, 1));
        runs.add(scoring(LIMIT, workload, 100, 1).timed(2, 3, 2));
      }
      runs.add(scoring(List.of(Entry.PLAIN_GRAPH), Workload.MIXED, 100, 1).timed(2, 3, 2));
      // Nothing is warmed up: this is for the memory.
      List<Entry> memory = List.of(Entry.RERANKER, Entry.LANGCHAIN4J);
      runs.add(scoring(memory, Workload.OUTLIER, 300, 1).timed(0, 1, 1));
      runs.add(
          gemm().with("shape", "512x384x1536", "512x1536x384").with("intraOp", 1).threads(CORES));
      return runs;
    }
  },

  /** Everybody at 10, 100 and 300 candidates and one caller. */
  COMPARISON {
    @Override
    List<Run> runs() {
      List<Run> runs = new ArrayList<>();
      for (int candidates : CANDIDATES) {
        for (Workload workload : LENGTHS) {
          runs.add(scoring(PEERS, workload, candidates, 1).timed(2, 4, 2));
          runs.add(scoring(OURS, workload, candidates, 1).timed(2, 4, 2));
        }
      }
      return runs;
    }
  },

  /** The outlier among 300 candidates: who keeps within which memory. */
  MEMORY {
    @Override
    List<Run> runs() {
      return List.of(scoring(EVERYBODY, Workload.OUTLIER, 300, 1).timed(1, 5, 1));
    }
  },

  /** This library with 1, 4 and 16 callers at the same time, there and back against drift. */
  CONCURRENCY {
    @Override
    List<Run> runs() {
      List<Run> runs = new ArrayList<>();
      for (Workload workload : List.of(Workload.SHORT, Workload.MIXED)) {
        for (int callers : new int[] {1, 4, 16, 16, 4, 1}) {
          runs.add(
              scoring(List.of(Entry.RERANKER), workload, 100, callers)
                  .timed(1, 6 + 1.5 * callers, 1));
        }
      }
      return runs;
    }
  },

  /** Small requests of 16 callers at once, with and without batches in common, there and back. */
  COALESCING {
    @Override
    List<Run> runs() {
      List<Run> runs = new ArrayList<>();
      for (Entry entry : List.of(Entry.RERANKER, Entry.ALONE, Entry.ALONE, Entry.RERANKER)) {
        runs.add(scoring(List.of(entry), Workload.SHORT, 10, 16).timed(2, 10, 2));
      }
      return runs;
    }
  },

  /** Everybody with 4 concurrent callers, at 100 candidates. */
  CALLERS {
    @Override
    List<Run> runs() {
      return callers(100);
    }
  },

  /** The same at 10 and 300. */
  CALLERS_MORE {
    @Override
    List<Run> runs() {
      return callers(10, 300);
    }
  },

  /** 100 pairs of 512 tokens, with one caller and with 4. */
  LONG {
    @Override
    List<Run> runs() {
      return longPairs(100);
    }
  },

  /** The same with 10 and with 300 pairs. */
  LONG_MORE {
    @Override
    List<Run> runs() {
      return longPairs(10, 300);
    }
  },

  /** Bytes a pair: the whole path, and DJL's tokenizer alone. */
  ALLOCATION {
    @Override
    List<Run> runs() {
      return List.of(
          Run.of("ScoringBenchmark.score")
              .with("entry", Entry.RERANKER)
              .with("candidates", 100)
              .timed(2, 4, 1),
          Run.of("TokenizationBenchmark.tokenize").with("candidates", 100).timed(1, 2, 1));
    }
  },

  /** Lucene's KNN and BM25, with and without the JDK's vector module. */
  RETRIEVAL {
    @Override
    List<Run> runs() {
      Run base = Run.of("RetrievalBenchmark.*").timed(3, 5, 1);
      return List.of(
          base.jvm("-Xms2g", "-Xmx2g", "--add-modules", "jdk.incubator.vector"),
          base.jvm("-Xms2g", "-Xmx2g"));
    }
  },

  /** The library's KNN in each vector format, on SciFact as it is. */
  FORMATS {
    @Override
    List<Run> runs() {
      return List.of(formats(RetrievalData.TEXTS));
    }
  },

  /** The same at 100,000 documents. */
  FORMATS_LARGE {
    @Override
    List<Run> runs() {
      return List.of(formats(100_000));
    }
  },

  /** The machine's peak through ONNX Runtime, and how near scoring comes to it. */
  ROOFLINE {
    @Override
    List<Run> runs() {
      return List.of(
          gemm().with("intraOp", 1).threads(CORES),
          gemm().with("intraOp", 0),
          Run.of("ScoringBenchmark.score")
              .with("entry", Entry.RERANKER, Entry.PLAIN_GRAPH, Entry.RAW)
              .timed(2, 5, 2));
    }
  },

  /** The engine over threads and batch budget; the session over its options. */
  SETTINGS {
    @Override
    List<Run> runs() {
      return List.of(
          Run.of("EngineBenchmark.score").timed(1, 3, 1),
          Run.of("SessionBenchmark.run").timed(1, 3, 1));
    }
  },

  /** Passages prepared ahead of time, the same unprepared, and LangChain4j on the one graph. */
  PREPARED {
    @Override
    List<Run> runs() {
      List<Run> runs = new ArrayList<>();
      List<Entry> both = List.of(Entry.PREPARED, Entry.RERANKER);
      for (Workload workload : List.of(Workload.SHORT, Workload.MIXED, Workload.LONG)) {
        runs.add(scoring(both, workload, 100, 1).timed(2, 5, 2));
        runs.add(scoring(List.of(Entry.LANGCHAIN4J), workload, 100, 1).timed(1, 5, 1));
      }
      runs.add(scoring(both, Workload.MIXED, 1000, 1).timed(2, 5, 2).jvm("-Xms1g", "-Xmx1g"));
      return runs;
    }
  },

  /** The scorer over passages in int8: ONNX Runtime over its batches, and Java. */
  SCORER {
    @Override
    List<Run> runs() {
      Run base = Run.of("ScorerBenchmark.score").timed(1, 1, 1);
      Run runtime = base.with("way", ScorerBenchmark.Way.ONNX_RUNTIME);
      return List.of(
          runtime.with("passages", "100x130").with("queryTokens", 12),
          runtime
              .with("passages", "100x1030")
              .with("queryTokens", 12)
              .with("threads", 2)
              .with("batch", 1, 4),
          base.with("threads", 1).with("batch", 16));
    }
  },

  /** Indexing with and without prepared passages. */
  INDEXING {
    @Override
    List<Run> runs() {
      return List.of(Run.of("IndexingBenchmark.index").timed(0, 1, 2));
    }
  },

  /** Long documents in windows beside truncated ones; see {@link WindowQuality}. */
  WINDOWS(Program.WINDOWS),

  /** Quality when fewer pairs are scored; see {@link DepthQuality}. */
  DEPTH(Program.DEPTH),

  /** Searches of many callers, with and without a deadline; see {@link LoadTest}. */
  LOAD(Program.LOAD),

  /** 100,000 pairs in one process; see {@link Soak}. */
  SOAK(Program.SOAK),

  /** 100,000 searches with faults; see {@link FaultSoak}. */
  FAULTS(Program.FAULTS);

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int[] CANDIDATES = {10, 100, 300};
  private static final List<Workload> LENGTHS =
      List.of(Workload.SHORT, Workload.MIXED, Workload.OUTLIER);

  /** All that read the passages when they score them. */
  private static final List<Entry> EVERYBODY =
      Arrays.stream(Entry.values())
          .filter(entry -> entry != Entry.PREPARED && entry != Entry.ALONE)
          .toList();

  private static final List<Entry> PEERS = List.of(Entry.LANGCHAIN4J, Entry.DJL, Entry.NAIVE);

  /** This library right before its limit, so that both find the machine in the same state. */
  private static final List<Entry> LIMIT = List.of(Entry.RERANKER, Entry.RAW);

  private static final List<Entry> OURS = List.of(Entry.PLAIN_GRAPH, Entry.RERANKER, Entry.RAW);

  /** What a slow machine of two cores does: only for choosing how long to measure. */
  private static final double FLOPS_A_SECOND = 100e9;

  private final Optional<Program> program;

  Piece() {
    this.program = Optional.empty();
  }

  Piece(Program program) {
    this.program = Optional.of(program);
  }

  /** What JMH is called for. */
  List<Run> runs() {
    return List.of();
  }

  /** What is run in place of JMH. */
  Optional<Program> program() {
    return program;
  }

  /** Its name on the command line, in files and in the README's markers. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Long enough for so many requests of each caller, between 5 seconds and 5 minutes. */
  private static double requests(int number, Workload workload, int candidates, int callers) {
    double one = workload.request(candidates).flops() / FLOPS_A_SECOND;
    return Math.clamp(number * callers * one, 5, 300);
  }

  private static List<Run> callers(int... candidates) {
    List<Run> runs = new ArrayList<>();
    for (int pairs : candidates) {
      for (Workload workload : LENGTHS) {
        runs.add(
            scoring(EVERYBODY, workload, pairs, 4).timed(1, requests(3, workload, pairs, 4), 1));
      }
    }
    return runs;
  }

  private static List<Run> longPairs(int... candidates) {
    List<Run> runs = new ArrayList<>();
    for (int callers : new int[] {1, 4}) {
      for (int pairs : candidates) {
        runs.add(scoring(EVERYBODY, Workload.LONG, pairs, callers).timed(1, 10, 1));
      }
    }
    return runs;
  }

  private static Run formats(int documents) {
    return Run.of("FormatBenchmark.retrieve")
        .with("documents", documents)
        .timed(10, 5, 1)
        .jvm("-Xms2g", "-Xmx2g", "--add-modules", "jdk.incubator.vector");
  }

  private static Run gemm() {
    return Run.of("GemmBenchmark.multiply").timed(1, 2, 1);
  }

  private static Run scoring(List<Entry> entries, Workload workload, int candidates, int callers) {
    return Run.of("ScoringBenchmark.score")
        .with(
            "entry",
            entries.stream().filter(entry -> fits(entry, workload, candidates, callers)).toArray())
        .with("workload", workload)
        .with("candidates", candidates)
        .threads(callers);
  }

  /**
   * Whether the machine has the memory. LangChain4j runs all pairs as one batch, whose attention
   * alone is pairs · heads · S² floats for each caller, twice over while the softmax is taken.
   */
  private static boolean fits(Entry entry, Workload workload, int candidates, int callers) {
    if (entry != Entry.LANGCHAIN4J) {
      return true;
    }
    int longest = workload.request(candidates).longest();
    double needed = 2.0 * callers * candidates * 12 * longest * longest * Float.BYTES / 1e6;
    return needed < 0.75 * ProcessMemory.machine().orElse(8000);
  }

  /** The smallest run of everything. */
  static List<Run> smoke() {
    return List.of(
        Run.of("ScoringBenchmark.score").with("candidates", 2),
        Run.of("ScoringBenchmark.score")
            .with("entry", Entry.RERANKER)
            .with("workload", Workload.SHORT)
            .with("candidates", 2)
            .threads(4),
        Run.of("EngineBenchmark.score")
            .with("workload", Workload.SHORT)
            .with("candidates", 2)
            .with("batchTokens", 128),
        Run.of("SessionBenchmark.run")
            .with("workload", Workload.SHORT)
            .with("candidates", 2)
            .with("batchTokens", 512),
        Run.of("TokenizationBenchmark.tokenize").with("candidates", 2),
        gemm().with("shape", "512x384x384").threads(2),
        Run.of("RetrievalBenchmark.*").with("documents", 20).with("k", 10),
        Run.of("FormatBenchmark.retrieve").with("documents", 20),
        Run.of("ScorerBenchmark.score")
            .with("passages", "5x40", "2x1030")
            .with("queryTokens", 12)
            .with("threads", 2)
            .with("batch", 2),
        Run.of("IndexingBenchmark.index").with("documents", 5));
  }

  /** The pieces of {@code --full}, in order. */
  static List<Piece> full() {
    return Arrays.stream(values()).filter(piece -> piece != QUICK).toList();
  }
}
