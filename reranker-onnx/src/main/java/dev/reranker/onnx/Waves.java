package dev.reranker.onnx;

import java.util.List;

/**
 * How many rows a request takes at a time. Their lengths are guessed from their characters, since
 * they are not tokenized yet; a guess that is wrong changes the size of a wave, nothing else.
 */
final class Waves {

  /**
   * Batches for each thread: at the end of a wave threads wait for half a batch on average, about 1
   * % of the wave.
   */
  private static final int BATCHES = 32;

  /** With a deadline: the rows of a wave are done in no order of theirs, so it is kept short. */
  private static final int BATCHES_BEFORE_A_DEADLINE = 4;

  /** A request of usual size is one wave, whatever its rows' lengths. */
  private static final int LEAST_ROWS = 128;

  /** A bound for rows without text. */
  private static final int MOST_ROWS = 4096;

  /** English has 4 to 5; with fewer, CJK for example, a wave is longer than guessed. */
  private static final int CHARS_PER_TOKEN = 4;

  private final long batches;
  private final int threads;
  private final int maxLength;
  private final int overhead;

  Waves(ModelInfo info, int overhead) {
    this.batches = (long) info.batchTokens() * info.threads();
    this.threads = info.threads();
    this.maxLength = info.maxLength();
    this.overhead = overhead;
  }

  /**
   * Where the wave ends that begins at row {@code from}: behind it, and within the list.
   *
   * @param affordable how many tokens may be read before the deadline; the largest number: there is
   *     none
   */
  int end(List<String> texts, int from, long affordable) {
    boolean free = affordable == Long.MAX_VALUE;
    long tokens =
        free ? batches * BATCHES : Math.min(affordable, batches * BATCHES_BEFORE_A_DEADLINE);
    int leastRows = free ? LEAST_ROWS : threads;
    long guessed = 0;
    int end = from;
    while (end < texts.size() && end - from < MOST_ROWS) {
      guessed += Math.min(maxLength, overhead + texts.get(end).length() / CHARS_PER_TOKEN + 1);
      if (guessed > tokens && end - from >= leastRows) {
        break;
      }
      end++;
    }
    return end;
  }
}
