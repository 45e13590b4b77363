package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Scores rounded passages in batches, which threads with memory of their own take in turn. */
final class LateScorer implements AutoCloseable {

  private final List<Worker> workers = new ArrayList<>();
  private final ExecutorService threads;
  private final int batch;

  /** One thread's way to compute the default model's scorer. */
  interface Worker {

    /** Writes a batch's logits to where it begins. */
    void score(LateVectors query, List<LateVectors.Rounded> batch, float[] logits, int at)
        throws Exception;
  }

  /**
   * Starts no thread for one.
   *
   * @param batch passages that a worker takes at a time
   */
  LateScorer(int threads, int batch, Supplier<? extends Worker> worker) {
    for (int i = 0; i < threads; i++) {
      workers.add(worker.get());
    }
    this.threads =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              var thread = new Thread(task, "scorer");
              thread.setDaemon(true);
              return thread;
            });
    this.batch = batch;
  }

  float[] score(LateVectors query, List<LateVectors.Rounded> passages) throws Exception {
    var logits = new float[passages.size()];
    var next = new AtomicInteger();
    List<Callable<Void>> tasks = new ArrayList<>(workers.size());
    for (Worker worker : workers) {
      tasks.add(
          () -> {
            for (int from = next.getAndAdd(batch);
                from < logits.length;
                from = next.getAndAdd(batch)) {
              int to = Math.min(logits.length, from + batch);
              worker.score(query, passages.subList(from, to), logits, from);
            }
            return null;
          });
    }
    if (tasks.size() == 1) {
      tasks.get(0).call();
    } else {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
    return logits;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
