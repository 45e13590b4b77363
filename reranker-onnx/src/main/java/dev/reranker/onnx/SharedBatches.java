package dev.reranker.onnx;

import ai.onnxruntime.OrtException;
import dev.reranker.error.InferenceException;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.onnx.Wave.Part;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Packs rows of all requests into batches. A request's own batch comes first, as it was planned;
 * where it leaves room in the budget and no thread is idle, rows of those that wait fill it up, of
 * the one first that was served longest ago. So a lone request runs as if there were no others, and
 * small ones share runs under load.
 *
 * <p>A neighbour changes a score by rounding alone. Where a shared run fails it is done again in
 * halves, so that only the request is failed that made it fail.
 */
final class SharedBatches {

  /** Runs a batch; see {@link OnnxSession#run}. */
  interface Runner {
    void run(
        Batch batch,
        IntFunction<TokenIds[]> texts,
        TokenTemplate around,
        OnnxSession.Sink sink,
        StopFlag stop);
  }

  private final Runner runner;
  private final Workers workers;
  private final Pace pace;
  private final ModelInfo info;
  private final boolean share;
  private final long coalesceNanos;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Wave> waiting = new LinkedHashSet<>();
  private final List<Open> open = new ArrayList<>();

  /**
   * A packer.
   *
   * @param share whether rows of several requests may be in one batch
   * @param coalesceNanos how long a batch that is not full waits for rows that are yet to come
   */
  SharedBatches(
      Runner runner,
      Workers workers,
      Pace pace,
      ModelInfo info,
      boolean share,
      long coalesceNanos) {
    this.runner = runner;
    this.workers = workers;
    this.pace = pace;
    this.info = info;
    this.share = share;
    this.coalesceNanos = coalesceNanos;
  }

  /**
   * Runs a wave's rows.
   *
   * @return whether all are done
   */
  boolean run(Workers.Request request, Wave wave) {
    Job job = request.job(false, steps(wave), lock);
    wave.job(job);
    lock.lock();
    try {
      waiting.add(wave);
      open.forEach(batch -> batch.fill(wave));
    } finally {
      lock.unlock();
    }
    try {
      return request.run(job);
    } finally {
      lock.lock();
      try {
        waiting.remove(wave);
      } finally {
        lock.unlock();
      }
    }
  }

  private Steps steps(Wave wave) {
    int batches = wave.batches();
    return new Steps() {
      @Override
      public boolean more() {
        return wave.batches() > 0;
      }

      @Override
      public Step take() {
        Part own = wave.next();
        served(wave);
        return new Step() {
          @Override
          public long nanos() {
            return pace.nanos(own.batch().paddedTokens());
          }

          @Override
          public void run(StopFlag stop) {
            SharedBatches.this.run(own, stop);
          }
        };
      }

      @Override
      public int width() {
        return batches;
      }
    };
  }

  /** A wave has had its turn. */
  private void served(Wave wave) {
    if (waiting.remove(wave)) {
      waiting.add(wave);
    }
  }

  /** A batch that is being filled. Guarded by the lock. */
  private final class Open {

    private final StopFlag stop;
    private final List<Part> parts = new ArrayList<>();
    private final Condition full = lock.newCondition();
    private int rows;
    private int length;

    Open(Part own, StopFlag stop) {
      this.stop = stop;
      add(own);
    }

    private void add(Part part) {
      parts.add(part);
      rows += part.rows();
      length = Math.max(length, part.batch().length());
    }

    boolean isFull() {
      return (long) (rows + 1) * length > info.batchTokens() || rows == BatchPlan.MAX_ROWS;
    }

    /** Takes what of a wave goes well with it. */
    void fill(Wave wave) {
      Part own = parts.get(0);
      while (!isFull()
          && wave != own.wave()
          && wave.around().equals(own.wave().around())
          && wave.job().takesPart(pace.nanos((long) rows * length))) {
        Part part = wave.fitting(rows, length, info.batchTokens());
        if (part == null) {
          return;
        }
        stop.join();
        wave.job().begins(stop);
        served(wave);
        add(part);
      }
      if (isFull()) {
        full.signal();
      }
    }
  }

  private void run(Part own, StopFlag stop) {
    List<Part> parts = filled(own, stop);
    try {
      execute(parts, stop);
    } catch (RuntimeException | Error e) {
      parts.forEach(part -> part.fail(e));
    }
    lock.lock();
    try {
      for (Part part : parts) {
        part.done();
        if (part != own) {
          part.wave().job().ends(stop, part.failure());
        }
      }
    } finally {
      lock.unlock();
    }
    switch (own.failure()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new InferenceException("a batch failed: " + e, e);
    }
  }

  private List<Part> filled(Part own, StopFlag stop) {
    lock.lock();
    try {
      if (!share || (coalesceNanos == 0 && (waiting.size() < 2 || !workers.allBusy()))) {
        return List.of(own);
      }
      var batch = new Open(own, stop);
      for (Wave wave : List.copyOf(waiting)) {
        batch.fill(wave);
      }
      if (coalesceNanos > 0) {
        awaitMore(batch);
      }
      return batch.parts;
    } finally {
      lock.unlock();
    }
  }

  private void awaitMore(Open batch) {
    open.add(batch);
    try {
      for (long left = coalesceNanos; left > 0 && !batch.isFull() && !batch.stop.stopped(); ) {
        left = batch.full.awaitNanos(left);
      }
    } catch (InterruptedException e) { // somebody wants the worker back: run what there is
      Thread.currentThread().interrupt();
    } finally {
      open.remove(batch);
    }
  }

  private void execute(List<Part> parts, StopFlag stop) {
    if (parts.size() == 1) {
      Part only = parts.get(0);
      try {
        execute(parts, only.batch(), only.wave()::tokens, stop);
      } catch (RuntimeException | Error e) {
        only.fail(e);
      }
      return;
    }
    List<TokenIds[]> tokens = parts.stream().flatMap(Part::tokens).toList();
    int length = parts.stream().mapToInt(part -> part.batch().length()).max().orElseThrow();
    int[] rows = IntStream.range(0, tokens.size()).toArray();
    try {
      execute(parts, new Batch(rows, length), tokens::get, stop);
    } catch (Job.Stopped e) {
      throw e;
    } catch (RuntimeException | Error e) {
      int half = parts.size() / 2;
      execute(parts.subList(0, half), stop);
      execute(parts.subList(half, parts.size()), stop);
    }
  }

  private void execute(
      List<Part> parts, Batch batch, IntFunction<TokenIds[]> tokens, StopFlag stop) {
    var event = new BatchEvent();
    event.begin();
    long start = System.nanoTime();
    runner.run(
        batch,
        tokens,
        parts.get(0).wave().around(),
        (ran, values) -> {
          pace.ran(batch.paddedTokens(), System.nanoTime() - start);
          event.end();
          read(parts, batch.length(), values);
        },
        stop);
    if (event.shouldCommit()) {
      event.tell(info.name(), batch, parts);
    }
  }

  private void read(List<Part> parts, int length, BatchBuffers values) throws OrtException {
    if (parts.size() == 1) {
      parts.get(0).read(length, values, 0);
      return;
    }
    int first = 0;
    for (Part part : parts) {
      try {
        part.read(length, values, first);
      } catch (OrtException e) {
        part.fail(
            new InferenceException(
                "'%s' gave what cannot be read: %s".formatted(info.name(), e.getMessage()), e));
      } catch (RuntimeException | Error e) {
        part.fail(e);
      }
      first += part.rows();
    }
  }
}
