package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Deadline;
import dev.reranker.RerankRequest;
import dev.reranker.SearchContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long request and a short one on one thread, one row in each batch. The worker asks a request's
 * clock before each of its steps, and a waiting caller asks it after each of its jobs stands in the
 * queue: so the clocks tell what is at work and what is waiting.
 */
@Timeout(60)
class FairnessTest {

  private static final String QUERY = "how do whales sleep";
  private static final String PASSAGE = "ocean ".repeat(80);
  private static final int WAVE = 4;
  private static final int WAVE_STEPS = 2 * WAVE; // tokenizing, scoring

  private final AtomicInteger longSteps = new AtomicInteger();
  private final AtomicInteger shortSteps = new AtomicInteger();

  /** How often the long request's caller has asked since its first wave was done. */
  private final AtomicInteger longCaller = new AtomicInteger();

  private final AtomicInteger longStepsBeforeTheThirdScore = new AtomicInteger();

  private static boolean isWorker() {
    return Thread.currentThread().getName().startsWith("reranker-");
  }

  private static void awaitAtLeast(AtomicInteger count, int least) {
    while (count.get() < least) {
      Thread.onSpinWait();
    }
  }

  private static void rerank(OnnxReranker reranker, int passages, LongSupplier clock) {
    SearchContext context =
        SearchContext.create().withDeadline(Deadline.after(Duration.ofHours(1), clock));
    List<String> texts = Collections.nCopies(passages, PASSAGE);
    reranker.rerank(RerankRequest.ofTexts(QUERY, texts).withContext(context));
  }

  private long shortClock() {
    if (isWorker()) {
      switch (shortSteps.incrementAndGet() - WAVE) { // behind tokenizing
        case 1 -> awaitAtLeast(longCaller, 2); // the second wave's tokenizing stands in the queue
        case 2 -> awaitAtLeast(longCaller, 3); // its scoring does
        case 3 -> longStepsBeforeTheThirdScore.set(longSteps.get());
        default -> {}
      }
    }
    return 0;
  }

  private long longClock(Thread shortOne) {
    if (!isWorker()) {
      longCaller.incrementAndGet();
      return 0;
    }
    int step = longSteps.incrementAndGet();
    if (step == 1) {
      shortOne.start(); // while the first wave is under way
      while (shortOne.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
    if (step == WAVE_STEPS) {
      longCaller.set(0);
    }
    return 0;
  }

  @Test
  void aShortRequestWaitsForOneWaveOfALongOneAtMost(@TempDir Path directory)
      throws InterruptedException {
    try (var reranker =
        OnnxReranker.builder()
            .model(new TinyModel().in(directory))
            .threads(1)
            .maxLength(64)
            .batchTokens(64)
            .build()) {
      Thread shortOne = new Thread(() -> rerank(reranker, WAVE, this::shortClock));
      rerank(reranker, 10 * WAVE, () -> longClock(shortOne));
      shortOne.join();
    }
    assertThat(shortSteps).hasValue(WAVE_STEPS);
    assertThat(longSteps).hasValue(10 * WAVE_STEPS);
    // The wave that was under way, and the tokenizing of the next, which goes before all scoring.
    assertThat(longStepsBeforeTheThirdScore).hasValue(WAVE_STEPS + WAVE);
  }
}
