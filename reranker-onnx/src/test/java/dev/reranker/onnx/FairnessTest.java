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
 * clock before each of its steps, so clocks tell which request is at work.
 */
@Timeout(60)
class FairnessTest {

  private static final String QUERY = "how do whales sleep";
  private static final String PASSAGE = "ocean ".repeat(80);
  private static final int LONG = 40; // ten waves of four

  private final AtomicInteger longSteps = new AtomicInteger();
  private final AtomicInteger shortSteps = new AtomicInteger();
  private final AtomicInteger longStepsWhenTheShortWasScored = new AtomicInteger();

  private static boolean isWorker() {
    return Thread.currentThread().getName().startsWith("reranker-");
  }

  private static void rerank(OnnxReranker reranker, int passages, LongSupplier clock) {
    SearchContext context =
        SearchContext.create().withDeadline(Deadline.after(Duration.ofHours(1), clock));
    List<String> texts = Collections.nCopies(passages, PASSAGE);
    reranker.rerank(RerankRequest.ofTexts(QUERY, texts).withContext(context));
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
      Thread shortOne =
          new Thread(
              () ->
                  rerank(
                      reranker,
                      1,
                      () -> {
                        if (isWorker() && shortSteps.incrementAndGet() == 2) {
                          longStepsWhenTheShortWasScored.set(longSteps.get());
                        }
                        return 0;
                      }));
      rerank(
          reranker,
          LONG,
          () -> {
            if (isWorker() && longSteps.incrementAndGet() == 1) {
              shortOne.start(); // while the long request's first wave is under way
              while (shortOne.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
            }
            return 0;
          });
      shortOne.join();
    }
    assertThat(shortSteps).hasValue(2); // tokenizing, scoring
    assertThat(longSteps).hasValue(2 * LONG);
    // The wave under way, and the tokenizing of the next, which goes before all scoring.
    assertThat(longStepsWhenTheShortWasScored.get()).isLessThanOrEqualTo(3 * 4);
  }
}
