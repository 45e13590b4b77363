package dev.reranker.onnx;

import ai.onnxruntime.OrtException;
import dev.reranker.onnx.BatchPlan.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one request that wait for the model: tokenized and planned. What changes is guarded by
 * the lock of {@link SharedBatches}.
 */
final class Wave {

  private final TokenTemplate around;
  private final TokenIds[][] tokens;
  private final int from;
  private final int[] lengths;
  private final Ran.Reader reader;
  private final List<Batch> plan;

  /** What is left of planned batches that others took rows of; filled up from before the others. */
  private final List<Batch> rests = new ArrayList<>();

  private final BitSet done = new BitSet();
  private long padded;
  private @Nullable Job job;

  /**
   * Plans rows.
   *
   * @param tokens the tokens of the rows' texts
   * @param from the place of the first row in the request
   * @param reader takes what the model gives
   */
  Wave(TokenTemplate around, TokenIds[][] tokens, int from, Ran.Reader reader, ModelInfo info) {
    this.around = around;
    this.tokens = tokens;
    this.from = from;
    this.reader = reader;
    this.lengths = Arrays.stream(tokens).mapToInt(around::length).toArray();
    this.plan = new ArrayList<>(BatchPlan.of(lengths, info.batchTokens(), info.threads()));
  }

  /** A batch's rows of this wave. */
  static final class Part {

    private final Wave wave;
    private final Batch batch;
    private int length;
    private @Nullable Throwable failure;

    private Part(Wave wave, Batch batch) {
      this.wave = wave;
      this.batch = batch;
    }

    Wave wave() {
      return wave;
    }

    Batch batch() {
      return batch;
    }

    int rows() {
      return batch.rows().length;
    }

    /** The tokens of its rows' texts. */
    Stream<TokenIds[]> tokens() {
      return Arrays.stream(batch.rows()).mapToObj(wave::tokens);
    }

    /** Real tokens of its rows. */
    long realTokens() {
      return Arrays.stream(batch.rows()).mapToLong(row -> wave.lengths[row]).sum();
    }

    /**
     * Hands the request what the model gave.
     *
     * @param length to how many tokens its rows were padded
     * @param first where in the batch they begin
     */
    void read(int length, BatchBuffers values, int first) throws OrtException {
      var own = new Batch(batch.rows(), length);
      wave.reader.read(new Ran(own, wave.from, wave.lengths, values, first));
      this.length = length;
    }

    void fail(Throwable because) {
      failure = because;
    }

    @Nullable Throwable failure() {
      return failure;
    }

    /** Notes in the wave whether it was read. Call under the lock. */
    void done() {
      if (length > 0) {
        for (int row : batch.rows()) {
          wave.done.set(row);
        }
        wave.padded += (long) rows() * length;
      }
    }
  }

  TokenTemplate around() {
    return around;
  }

  /** The tokens of a row's texts. */
  TokenIds[] tokens(int row) {
    return tokens[row];
  }

  void job(Job job) {
    this.job = job;
  }

  Job job() {
    return Objects.requireNonNull(job);
  }

  /** How many batches are left. */
  int batches() {
    return plan.size() + rests.size();
  }

  /** Takes the next batch, a whole one if there is. */
  Part next() {
    return new Part(this, (plan.isEmpty() ? rests : plan).remove(0));
  }

  /**
   * Takes rows that go well with a batch: with them it stays within the budget and computes less in
   * vain than a run of their own would cost.
   *
   * @param rows how many the batch has
   * @param length its longest row's tokens
   * @return null where no rows do
   */
  @Nullable Part fitting(int rows, int length, int budget) {
    Batch rest = fitting(rests, rows, length, budget);
    Batch batch = rest == null ? fitting(plan, rows, length, budget) : rest;
    return batch == null ? null : new Part(this, batch);
  }

  private @Nullable Batch fitting(List<Batch> from, int rows, int length, int budget) {
    for (int i = 0; i < from.size(); i++) {
      Batch batch = from.get(i);
      int longest = Math.max(length, batch.length());
      int room = Math.min(budget / longest, BatchPlan.MAX_ROWS) - rows;
      int count = Math.min(room, batch.rows().length);
      long vain = (long) rows * (longest - length) + (long) count * (longest - batch.length());
      if (count > 0 && vain <= BatchPlan.RUN_COST_TOKENS) {
        return take(from.remove(i), count);
      }
    }
    return null;
  }

  /** The first rows of a batch, the longest; the others stay. */
  private Batch take(Batch batch, int count) {
    int all = batch.rows().length;
    if (count < all) {
      int[] rest = Arrays.copyOfRange(batch.rows(), count, all);
      rests.add(new Batch(rest, lengths[rest[0]]));
    }
    return count == all ? batch : new Batch(Arrays.copyOf(batch.rows(), count), batch.length());
  }

  /** Tells what was done; call when nothing of it is under way. */
  void tell(Work work) {
    work.batch(padded);
    done.stream()
        .forEach(
            row -> {
              TokenIds[] texts = tokens[row];
              work.row(from + row, lengths[row], texts[texts.length - 1].truncated());
            });
  }
}
