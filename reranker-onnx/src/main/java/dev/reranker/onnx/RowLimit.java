package dev.reranker.onnx;

import dev.reranker.error.OverloadException;
import java.util.concurrent.atomic.AtomicLong;

/** How many rows of all calls together a model takes on. For threads of all kinds. */
final class RowLimit {

  private final String name;
  private final int most;
  private final AtomicLong rows = new AtomicLong();

  RowLimit(String name, int most) {
    this.name = name;
    this.most = most;
  }

  /**
   * Takes a call's rows on; to be {@linkplain #leave left} when it ends.
   *
   * @throws OverloadException if they would be too many; none is taken on then
   */
  void enter(int count) {
    long now;
    do {
      now = rows.get();
      if (now + count > most) {
        throw new OverloadException(
            "the queue of '%s' holds %,d rows, and %,d more would be above its limit of %,d: ask again later or for fewer, or raise queueLimit"
                .formatted(name, now, count, most));
      }
    } while (!rows.compareAndSet(now, now + count));
  }

  void leave(int count) {
    rows.addAndGet(-count);
  }
}
