package dev.reranker.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** ONNX Runtime alone: a session, and threads that do nothing but run it. */
final class RawSession implements AutoCloseable {

  private final OrtSession session;
  private final ExecutorService callers;

  /** Sets what differs from the runtime's defaults. */
  @FunctionalInterface
  interface Settings {
    void apply(OrtSession.SessionOptions options) throws OrtException;
  }

  /**
   * Loads a graph.
   *
   * @param callers how many batches run at the same time
   */
  RawSession(Path graph, int callers, Settings settings) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      settings.apply(options);
      session = OrtEnvironment.getEnvironment().createSession(graph.toString(), options);
    }
    this.callers =
        Executors.newFixedThreadPool(
            callers,
            task -> {
              var thread = new Thread(task, "raw");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs every batch once and waits. */
  void run(PackedRequest request) throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>(request.batches().size());
    for (PackedRequest.Batch batch : request.batches()) {
      tasks.add(
          () -> {
            session.run(batch.inputs(), Set.of(), batch.outputs()).close();
            return null;
          });
    }
    for (Future<Void> done : callers.invokeAll(tasks)) {
      done.get();
    }
  }

  @Override
  public void close() throws OrtException {
    callers.shutdownNow();
    session.close();
  }
}
