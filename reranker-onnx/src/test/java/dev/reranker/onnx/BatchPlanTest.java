package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.onnx.BatchPlan.Batch;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  private static final int ROUNDS = 300;

  private final Random random = Seeds.print(BatchPlanTest.class);

  @Test
  void noRowsNeedNoBatch() {
    assertThat(BatchPlan.of(new int[0], 1024, 1)).isEmpty();
  }

  @Test
  void everyRowIsInExactlyOneBatch() {
    for (int round = 0; round < ROUNDS; round++) {
      int[] lengths = lengths(random.nextInt(200));
      int[] rows =
          BatchPlan.of(lengths, budget(), 1).stream()
              .flatMapToInt(batch -> Arrays.stream(batch.rows()))
              .sorted()
              .toArray();
      assertThat(rows).isEqualTo(IntStream.range(0, lengths.length).toArray());
    }
  }

  @Test
  void aBatchIsAsLongAsItsLongestRow() {
    for (int round = 0; round < ROUNDS; round++) {
      int[] lengths = lengths(random.nextInt(200));
      for (Batch batch : BatchPlan.of(lengths, budget(), 1)) {
        assertThat(batch.length())
            .isEqualTo(Arrays.stream(batch.rows()).map(row -> lengths[row]).max().orElseThrow());
      }
    }
  }

  @Test
  void onlyASingleRowExceedsTheBudget() {
    for (int round = 0; round < ROUNDS; round++) {
      int budget = budget();
      for (Batch batch : BatchPlan.of(lengths(random.nextInt(200)), budget, 1)) {
        assertThat(batch.rows().length == 1 || batch.paddedTokens() <= budget).isTrue();
      }
    }
  }

  @Test
  void batchesComeLongestFirst() {
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> batches =
          BatchPlan.of(lengths(random.nextInt(200)), budget(), 1).stream()
              .map(Batch::length)
              .toList();
      assertThat(batches).isSortedAccordingTo((a, b) -> Integer.compare(b, a));
    }
  }

  @Test
  void noOtherSplitOfTheSortedRowsIsCheaper() {
    for (int round = 0; round < ROUNDS; round++) {
      int[] lengths = lengths(1 + random.nextInt(12));
      int budget = budget();
      assertThat(cost(BatchPlan.of(lengths, budget, 1)))
          .as("lengths %s, budget %d", Arrays.toString(lengths), budget)
          .isEqualTo(cheapest(lengths, budget));
    }
  }

  @Test
  void equalRowsKeepAllThreadsBusyToTheEnd() {
    int[] lengths = new int[100];
    Arrays.fill(lengths, 40);
    // Twelve rows would fit into a batch; nine batches of them would leave one thread idle.
    assertThat(BatchPlan.of(lengths, 512, 2))
        .hasSize(10)
        .allMatch(batch -> batch.rows().length == 10);
  }

  @Test
  void severalThreadsNeverEndLaterThanWithFullBatches() {
    for (int round = 0; round < ROUNDS; round++) {
      int[] lengths = lengths(random.nextInt(200));
      int budget = budget();
      int threads = 1 + random.nextInt(8);
      List<Batch> batches = BatchPlan.of(lengths, budget, threads);
      assertThat(end(batches, threads))
          .isLessThanOrEqualTo(end(BatchPlan.of(lengths, budget, 1), threads));
      assertThat(batches)
          .allMatch(batch -> batch.rows().length == 1 || batch.paddedTokens() <= budget);
      assertThat(batches.stream().mapToInt(batch -> batch.rows().length).sum())
          .isEqualTo(lengths.length);
    }
  }

  /** The plan for each further row must not look at all that came before it. */
  @Test
  void anUnboundedBudgetIsPlannedInBoundedBatches() {
    int[] lengths = lengths(100_000);
    List<Batch> batches = BatchPlan.of(lengths, Integer.MAX_VALUE, 1);
    assertThat(batches).allMatch(batch -> batch.rows().length <= BatchPlan.MAX_ROWS);
    assertThat(batches.stream().mapToInt(batch -> batch.rows().length).sum())
        .isEqualTo(lengths.length);
  }

  /** When the last thread is done, in tokens, where each takes the next batch once it is free. */
  private static long end(List<Batch> batches, int threads) {
    var free = new PriorityQueue<Long>(Collections.nCopies(threads, 0L));
    for (Batch batch : batches) {
      free.add(free.remove() + batch.paddedTokens() + BatchPlan.RUN_COST_TOKENS);
    }
    return Collections.max(free);
  }

  private static long cost(List<Batch> batches) {
    return batches.stream().mapToLong(b -> b.paddedTokens() + BatchPlan.RUN_COST_TOKENS).sum();
  }

  /** Tries every split: bit i of {@code cuts} is set where a batch ends behind row i. */
  private static long cheapest(int[] lengths, int budget) {
    int[] sorted = Arrays.stream(lengths).sorted().toArray();
    long best = Long.MAX_VALUE;
    for (int cuts = 0; cuts < 1 << (sorted.length - 1); cuts++) {
      long cost = 0;
      int from = 0;
      for (int i = 0; i < sorted.length && cost < best; i++) {
        if (i == sorted.length - 1 || (cuts & (1 << i)) != 0) {
          long padded = (long) sorted[i] * (i + 1 - from);
          cost =
              padded > budget && i > from
                  ? Long.MAX_VALUE
                  : cost + padded + BatchPlan.RUN_COST_TOKENS;
          from = i + 1;
        }
      }
      best = Math.min(best, cost);
    }
    return best;
  }

  private int budget() {
    return 1 + random.nextInt(2048);
  }

  private int[] lengths(int count) {
    int longest = 1 + random.nextInt(512);
    return random.ints(count, 1, longest + 1).toArray();
  }
}
