package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that share a model's only thread. The model is a gate: each run waits for the test, so a
 * run is a step. All rows have 32 tokens and 16 of them fill a batch; a row's tokens are all its
 * request's number.
 */
@Timeout(120)
class SharedBatchesTest {

  private static final int LENGTH = 32;
  private static final int ROWS = 16;
  private static final ModelInfo INFO =
      new ModelInfo("gate", "v1-0", "model.onnx", ExecutionProvider.cpu(), 512, 1, LENGTH * ROWS);
  private static final TokenTemplate AROUND =
      new TokenTemplate(
          List.of(new int[0], new int[0]), List.of(new int[0], new int[0]), new int[1]);

  private final Workers workers = new Workers("gate", 1);
  private final BatchBuffers buffers = new BatchBuffers(OrtRuntime.environment(), false);
  private final Semaphore arrived = new Semaphore(0);
  private final Semaphore gate = new Semaphore(0);
  private final List<Map<Long, Integer>> runs = new CopyOnWriteArrayList<>();
  private final List<Thread> callers = new ArrayList<>();
  private final Map<Integer, Throwable> failures = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> answers = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ended = new ConcurrentHashMap<>();
  private volatile Predicate<Map<Long, Integer>> fails = rows -> false;

  @AfterEach
  void end() throws InterruptedException {
    gate.release(100_000);
    for (Thread caller : callers) {
      caller.join();
    }
    workers.close();
    buffers.close();
  }

  private SharedBatches batches(boolean share, Duration coalesce) {
    return new SharedBatches(this::run, workers, new Pace(), INFO, share, coalesce.toNanos());
  }

  /** The model: counts a batch's rows by their requests, and waits for the test. */
  private void run(
      Batch batch,
      IntFunction<TokenIds[]> texts,
      TokenTemplate around,
      OnnxSession.Sink sink,
      StopFlag stop) {
    var rows = new HashMap<Long, Integer>();
    for (int row : batch.rows()) {
      rows.merge(texts.apply(row)[0].ids()[0], 1, Integer::sum);
    }
    assertThat(batch.paddedTokens()).isLessThanOrEqualTo(LENGTH * ROWS);
    runs.add(rows);
    arrived.release();
    stop.begins(() -> gate.release());
    gate.acquireUninterruptibly();
    stop.over();
    if (stop.stopped()) {
      throw new Job.Stopped(new IllegalStateException("terminated"));
    }
    if (fails.test(rows)) {
      throw new InferenceException("bad row");
    }
    try {
      sink.accept(batch, buffers);
    } catch (ai.onnxruntime.OrtException e) {
      throw new AssertionError(e);
    }
  }

  private Wave wave(int request, int rows, Ran.Reader reader) {
    var tokens = new TokenIds[rows][];
    long[] ids = new long[LENGTH];
    Arrays.fill(ids, request);
    Arrays.fill(tokens, new TokenIds[] {new TokenIds(ids, false)});
    return new Wave(AROUND, tokens, 0, reader, INFO);
  }

  /** A request comes, and stands in the queue when this returns. */
  private void arrives(SharedBatches batches, int request, int rows) {
    arrives(batches, request, rows, SearchContext.create(), ran -> {});
  }

  private void arrives(
      SharedBatches batches, int request, int rows, SearchContext context, Ran.Reader reader) {
    var read = new AtomicInteger();
    Ran.Reader counted =
        ran -> {
          reader.read(ran);
          if (read.addAndGet(ran.rows()) == rows) {
            ended.put(request, runs.size());
          }
        };
    var caller =
        new Thread(
            () -> {
              try {
                answers.put(
                    request, batches.run(workers.begin(context), wave(request, rows, counted)));
              } catch (RuntimeException | Error e) {
                failures.put(request, e);
              }
            });
    callers.add(caller);
    caller.start();
    awaitWaiting(caller);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  /** Lets the run under way end, once there is one. */
  private void step() throws InterruptedException {
    arrived.acquire();
    gate.release();
  }

  /** The step at which a request was done. */
  private int end(int request) {
    return ended.getOrDefault(request, Integer.MAX_VALUE);
  }

  private void join(int caller) throws InterruptedException {
    callers.get(caller).join();
  }

  @Test
  void aHugeRequestAndSmallOnesTakeTurns() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    var arrival = new HashMap<Integer, Integer>();
    arrives(batches, 0, 2000);
    for (int at = 1; at <= 200; at++) {
      arrived.acquire();
      for (int i = at == 1 ? 8 : 1; i > 0; i--) {
        int request = arrival.size() + 1;
        arrives(batches, request, 4);
        arrival.put(request, at);
      }
      gate.release();
    }
    gate.release(1000); // what is left
    for (int i = 0; i < callers.size(); i++) {
      join(i);
    }
    arrival.forEach(
        (request, at) ->
            assertThat(end(request) - at).as("steps of %s", request).isLessThanOrEqualTo(4));
    assertThat(end(0)).as("the huge one").isLessThanOrEqualTo(200);
    for (int i = 0; i + 2 < end(0); i++) {
      assertThat(runs.subList(i, i + 3)).anyMatch(rows -> rows.containsKey(0L));
    }
  }

  @Test
  void onlyTheRequestIsFailedThatMakesARunFail() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    fails = rows -> rows.containsKey(2L);
    arrives(batches, 9, 16); // holds the thread
    for (int request = 1; request <= 3; request++) {
      arrives(batches, request, 4);
    }
    gate.release(100);
    for (int i = 0; i < 4; i++) {
      join(i);
    }
    assertThat(answers).containsOnlyKeys(1, 3, 9).doesNotContainValue(false);
    assertThat(failures).containsOnlyKeys(2);
    assertThat(failures.get(2)).hasMessage("bad row");
    int shared = 12;
    assertThat(runs.size() - 2)
        .as("runs beyond the one of the holder and the first shared one")
        .isLessThanOrEqualTo((int) (2 * Math.log(shared) / Math.log(2)) + 1);
  }

  @Test
  void whatCannotBeReadFailsItsOwnRequestAlone() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    arrives(batches, 9, 16);
    arrives(batches, 1, 4);
    arrives(
        batches,
        2,
        4,
        SearchContext.create(),
        ran -> {
          throw new InferenceException("not a number");
        });
    gate.release(100);
    for (int i = 0; i < 3; i++) {
      join(i);
    }
    assertThat(answers).containsOnlyKeys(1, 9);
    assertThat(failures.get(2)).hasMessage("not a number");
    assertThat(runs).hasSize(2);
  }

  @Test
  void eachReadsItsOwnRowsOfASharedBatch() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    var places = new ConcurrentHashMap<Integer, List<Integer>>();
    arrives(batches, 9, 16);
    for (int request = 1; request <= 3; request++) {
      int mine = request;
      arrives(
          batches,
          request,
          2 + request,
          SearchContext.create(),
          ran -> {
            for (int i = 0; i < ran.rows(); i++) {
              places.computeIfAbsent(mine, any -> new ArrayList<>()).add(ran.at(i));
            }
          });
    }
    gate.release(100);
    for (int i = 0; i < 4; i++) {
      join(i);
    }
    assertThat(runs.get(1)).isEqualTo(Map.of(1L, 3, 2L, 4, 3L, 5));
    assertThat(places)
        .isEqualTo(
            Map.of(1, List.of(0, 1, 2), 2, List.of(3, 4, 5, 6), 3, List.of(7, 8, 9, 10, 11)));
  }

  @Test
  void whoMayNotShareRunsAlone() throws InterruptedException {
    SharedBatches batches = batches(false, Duration.ZERO);
    arrives(batches, 9, 16);
    arrives(batches, 1, 4);
    arrives(batches, 2, 4);
    gate.release(100);
    for (int i = 0; i < 3; i++) {
      join(i);
    }
    assertThat(runs).containsExactly(Map.of(9L, 16), Map.of(1L, 4), Map.of(2L, 4));
  }

  @Test
  void aBatchWaitsForRowsThatAreYetToComeWhereThatIsWanted() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ofSeconds(1));
    arrives(batches, 1, 4);
    arrives(batches, 2, 4);
    arrives(batches, 3, 8); // full
    gate.release(100);
    for (int i = 0; i < 3; i++) {
      join(i);
    }
    assertThat(runs).containsExactly(Map.of(1L, 4, 2L, 4, 3L, 8));
  }

  @Test
  void whoWaitsBehindAnotherIsAnsweredAtItsDeadline() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    var now = new AtomicLong(Long.MAX_VALUE - Duration.ofMillis(50).toNanos());
    arrives(batches, 1, 16);
    arrived.acquire(); // it runs, and has no deadline
    SearchContext late =
        SearchContext.create().withDeadline(Deadline.after(Duration.ofMillis(100), now::get));
    arrives(batches, 2, 6, late, ran -> {});
    arrives(batches, 3, 6);
    now.addAndGet(Duration.ofMillis(100).toNanos()); // wraps around
    join(1);
    assertThat(answers).containsExactly(Map.entry(2, false));
    gate.release(100);
    join(0);
    join(2);
    assertThat(answers).containsEntry(1, true).containsEntry(3, true);
    assertThat(runs).noneMatch(rows -> rows.containsKey(2L));
  }

  @Test
  void aRunIsEndedWhenItsOnlyCallerCancels() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    SearchContext context = SearchContext.create();
    arrives(batches, 1, 16, context, ran -> {});
    arrived.acquire();
    context.cancel();
    join(0);
    assertThat(failures.get(1)).hasMessageContaining("cancelled");
    gate.drainPermits();
    gate.release(100);
    arrives(batches, 2, 4);
    join(1);
    assertThat(answers).as("the next call works").containsExactly(Map.entry(2, true));
  }

  @Test
  void aSharedRunGoesOnWhileSomebodyWantsIt() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    SearchContext context = SearchContext.create();
    arrives(batches, 9, 16);
    arrives(batches, 1, 4, context, ran -> {});
    arrives(batches, 2, 4);
    step();
    arrived.acquire(); // 1 and 2 run
    context.cancel();
    gate.release(100);
    join(1);
    join(2);
    assertThat(answers).containsEntry(2, true);
    assertThat(failures.get(1)).hasMessageContaining("cancelled");
  }

  @Test
  void stoppingEndsWhatRunsAndWhatWaits() throws InterruptedException {
    SharedBatches batches = batches(true, Duration.ZERO);
    arrives(batches, 1, 16);
    arrived.acquire();
    arrives(batches, 2, 16);
    arrives(batches, 3, 4);
    workers.stop(() -> new IllegalStateException("closed"));
    for (int i = 0; i < 3; i++) {
      join(i);
    }
    assertThat(answers).isEmpty();
    assertThat(failures.values()).hasSize(3).allMatch(e -> "closed".equals(e.getMessage()));
    assertThat(ended).isEmpty();
    assertThatThrownBy(
            () -> batches.run(workers.begin(SearchContext.create()), wave(4, 1, r -> {})))
        .hasMessage("closed");
  }

  @Test
  void waitingIsTheTimeInWhichNothingRan() throws InterruptedException {
    var waited = new AtomicLong();
    SharedBatches batches = batches(true, Duration.ZERO);
    arrives(batches, 1, 16);
    arrived.acquire();
    var request = workers.begin(SearchContext.create());
    Thread caller =
        new Thread(
            () -> {
              batches.run(request, wave(2, 4, ran -> {}));
              waited.set(request.waited());
            });
    callers.add(caller);
    caller.start();
    awaitWaiting(caller);
    long start = System.nanoTime();
    while (System.nanoTime() - start < Duration.ofMillis(20).toNanos()) {
      Thread.onSpinWait();
    }
    gate.release(100);
    caller.join();
    assertThat(waited.get())
        .isBetween(Duration.ofMillis(20).toNanos(), Duration.ofSeconds(60).toNanos());
  }
}
