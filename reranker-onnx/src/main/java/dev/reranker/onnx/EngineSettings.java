package dev.reranker.onnx;

import java.util.List;
import java.util.OptionalInt;

/** What the builders of reranker and embedder have in common, checked. */
record EngineSettings(
    ModelSource source,
    String name,
    OptionalInt maxLengthWanted,
    OptionalInt threadsWanted,
    OptionalInt batchTokensWanted,
    List<ExecutionProvider> providers,
    int intraOpThreads,
    Queueing queueing) {

  /** Small batches keep a layer's activations in the core's cache; see benchmarks/README.md. */
  static final int CPU_BATCH_TOKENS = 512;

  /** A GPU wants to be filled. */
  static final int GPU_BATCH_TOKENS = 16_384;

  /** A GPU runs one batch at a time; a second thread fills the next one's buffers meanwhile. */
  private static final int GPU_THREADS = 2;

  /** The builder's wish, checked against what the model has positions for, or the files' limit. */
  int maxLength(ModelConfig config) {
    if (maxLengthWanted.isEmpty()) {
      return config.maxLength();
    }
    int wanted = maxLengthWanted.getAsInt();
    if (wanted > config.positions().orElse(Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "maxLength is %d tokens; '%s' has %d positions: ask for at most that"
              .formatted(wanted, name, config.positions().getAsInt()));
    }
    return wanted;
  }

  int threads(ExecutionProvider provider) {
    return threadsWanted.orElse(
        provider instanceof ExecutionProvider.Cuda
            ? GPU_THREADS
            : Math.max(1, Runtime.getRuntime().availableProcessors() / intraOpThreads));
  }

  int batchTokens(ExecutionProvider provider) {
    return batchTokensWanted.orElse(
        provider instanceof ExecutionProvider.Cuda ? GPU_BATCH_TOKENS : CPU_BATCH_TOKENS);
  }
}
