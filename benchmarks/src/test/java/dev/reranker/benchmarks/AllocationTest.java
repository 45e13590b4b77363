package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AllocationTest {

  private static final int BYTES = 10_000_000;

  private final Allocation allocation = new Allocation();

  @AfterEach
  void clear() {
    Facts.clear();
  }

  @Test
  void theMeanOfTheCallsSinceTheRestartIsCounted() throws Exception {
    allocation.count(() -> new byte[5 * BYTES]);
    allocation.restart();
    allocation.count(() -> new byte[BYTES]);
    allocation.count(() -> new byte[3 * BYTES]);
    assertThat(Facts.all().get(Allocation.FACT)).isBetween(2.0 * BYTES, 2.1 * BYTES);
  }

  @Test
  void otherThreadsAreCountedToo() throws Exception {
    // A thread that lives on, as the engine's do: one that is just ending may be counted late.
    try (var pool = Executors.newSingleThreadExecutor()) {
      allocation.count(() -> pool.submit(() -> new byte[BYTES]).get());
    }
    assertThat(Facts.all().get(Allocation.FACT)).isGreaterThan(BYTES);
  }
}
