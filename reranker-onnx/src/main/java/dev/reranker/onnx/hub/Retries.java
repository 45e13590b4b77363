package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again where that may help: no connection, an answer cut short, 408, 429, and 5xx. It waits
 * as long as the hub says, if that is not too long, otherwise twice as long each time.
 *
 * @param first how long it waits the first time
 * @param longest more than this is not waited for
 */
record Retries(Duration first, Duration longest) {

  private static final Logger log = LoggerFactory.getLogger(Retries.class);

  /** Of one kind, none of which brought a byte. */
  private static final int ATTEMPTS = 5;

  /** Of a content that comes in ever so small parts. */
  private static final int MOST = 1000;

  static final Retries USUAL = new Retries(Duration.ofMillis(500), Duration.ofSeconds(60));

  /** Asks once. */
  @FunctionalInterface
  interface Attempt<T> {
    HubClient.Answer<T> ask() throws IOException;
  }

  /**
   * Asks until there is an answer that asking again would not change.
   *
   * @param arrived how many bytes there are: while more come it is not given up
   * @throws IOException if there is none
   */
  <T> HubClient.Answer<T> run(String address, Attempt<T> attempt, LongSupplier arrived)
      throws IOException {
    Duration wait = first;
    long best = arrived.getAsLong();
    int failed = 0;
    for (int asked = 1; ; asked++) {
      String why;
      @Nullable IOException cause = null;
      Duration pause = wait;
      try {
        HubClient.Answer<T> answer = attempt.ask();
        if (!isPassing(answer.status())) {
          return answer;
        }
        why = "HTTP status " + answer.status();
        pause = answer.header("Retry-After").flatMap(Retries::asked).orElse(wait);
        if (pause.compareTo(longest) > 0) {
          throw new ModelLoadException(
              "%s: %s, and it asks to wait %d s: try again then"
                  .formatted(address, why, pause.toSeconds()));
        }
      } catch (IOException e) {
        cause = e;
        why = e.toString();
      }
      long now = arrived.getAsLong();
      failed = now > best ? 1 : failed + 1;
      if (now > best) {
        wait = first;
      }
      best = Math.max(best, now);
      if (failed >= ATTEMPTS || asked >= MOST) {
        throw new IOException("%s, after %d attempts".formatted(why, asked), cause);
      }
      log.info("{}: {}; asked again in {} ms", address, why, pause.toMillis());
      sleep(pause, address);
      wait = wait.multipliedBy(2);
    }
  }

  private static boolean isPassing(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  /** Seconds, or a date. */
  private static Optional<Duration> asked(String header) {
    try {
      return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip()))));
    } catch (NumberFormatException e) {
      try {
        Instant then =
            ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration pause = Duration.between(Instant.now(), then);
        return Optional.of(pause.isNegative() ? Duration.ZERO : pause);
      } catch (DateTimeParseException noDate) {
        return Optional.empty();
      }
    }
  }

  private static void sleep(Duration pause, String address) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelLoadException("interrupted while waiting for " + address, e);
    }
  }
}
