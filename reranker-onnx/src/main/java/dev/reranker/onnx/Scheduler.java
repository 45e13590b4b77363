package dev.reranker.onnx;

import dev.reranker.Deadline;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import dev.reranker.error.OverloadException;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The one way in which any text comes to a model's graph: the calls of all threads, taken in turn.
 *
 * <p>Rows of a request are taken in <b>waves</b>, each a prefix of those that are left: tokenized
 * on all threads, grouped by length, the groups spread over the threads. So tokens are held for one
 * wave only, however many rows there are, and the first rows are done first. A wave ends with
 * threads that wait for the last of its batches, so it has many batches, and fewer where a deadline
 * may cut it.
 */
final class Scheduler implements AutoCloseable {

  private final ModelInfo info;
  private final Workers workers;
  private final RowLimit limit;
  private final Pace pace = new Pace();
  private final SharedBatches batches;

  /**
   * Starts no thread yet.
   *
   * @param runner runs a batch
   * @param share whether the graph gives a row the same whatever else is in its batch
   */
  Scheduler(ModelInfo info, Queueing queueing, boolean share, SharedBatches.Runner runner) {
    this.info = info;
    this.workers = new Workers(info.name(), info.threads());
    this.limit = new RowLimit(info.name(), queueing.rows());
    this.batches =
        new SharedBatches(
            runner, workers, pace, info, share && queueing.share(), queueing.coalesce().toNanos());
  }

  /**
   * Runs a call, where its rows can be taken on.
   *
   * @throws OverloadException if they cannot; the call is not run then
   */
  <T> T admit(int rows, Supplier<T> call) {
    limit.enter(rows);
    try {
      return call.get();
    } finally {
      limit.leave(rows);
    }
  }

  /**
   * Runs a request's rows through the model.
   *
   * @param around what stands around each row's texts
   * @param texts what the rows read, one for each, to guess their lengths by
   * @param encode the tokens of a row's texts; called on worker threads
   * @param reader takes what the model gave for a batch; called on worker threads
   * @param context says until when, and whether still
   * @return which rows are done: all, unless the deadline passed
   * @throws CancelledException if the context is cancelled or the thread is interrupted
   * @throws InferenceException if tokenizer or model fail
   */
  Work run(
      TokenTemplate around,
      List<String> texts,
      IntFunction<TokenIds[]> encode,
      Ran.Reader reader,
      SearchContext context) {
    var work = new Work();
    Workers.Request request = workers.begin(context);
    var waves = new Waves(info, around.overhead());
    for (int from = 0; from < texts.size() && !work.pastDeadline(); ) {
      int to = waves.end(texts, from, tokens(context.deadline()));
      if (context.deadline().expired() || !wave(request, around, from, to, encode, reader, work)) {
        work.cutShort();
      }
      from = to;
    }
    if (context.cancelled()) {
      throw Workers.cancelled();
    }
    waited(request, texts.size(), work);
    return work;
  }

  /** How many tokens a request can hope to be done in half of its time. */
  private long tokens(Deadline deadline) {
    if (deadline.isNever()) {
      return Long.MAX_VALUE;
    }
    double each = pace.tokens(deadline.remaining().toNanos());
    double mine = each * info.threads() / Math.max(1, workers.jobs()) / 2;
    return Math.min((long) mine, Long.MAX_VALUE - 1);
  }

  /** Does rows {@code from} to {@code to} - 1; returns whether all are done. */
  private boolean wave(
      Workers.Request request,
      TokenTemplate around,
      int from,
      int to,
      IntFunction<TokenIds[]> encode,
      Ran.Reader reader,
      Work work) {
    var tokens = new TokenIds[to - from][];
    var event = new TokenizeEvent();
    event.begin();
    if (!request.run(true, tokens.length, i -> tokens[i] = encode.apply(from + i))) {
      return false;
    }
    event.tell(info.name(), tokens.length);
    var wave = new Wave(around, tokens, from, reader, info);
    boolean all = batches.run(request, wave);
    wave.tell(work);
    return all;
  }

  /**
   * Does steps on the model's threads, in turn with what others ask.
   *
   * @param rows what the steps are about
   * @param work where it is noted how long they waited, and whether the deadline cut them
   * @throws CancelledException if the context is cancelled or the thread is interrupted
   */
  void steps(SearchContext context, int rows, int steps, IntConsumer step, Work work) {
    Workers.Request request = workers.begin(context);
    if (!request.run(false, steps, step)) {
      work.cutShort();
    }
    waited(request, rows, work);
  }

  private void waited(Workers.Request request, int rows, Work work) {
    work.waited(request.waited());
    QueueWaitEvent.tell(info.name(), rows, request.waited());
  }

  /** Ends what is under way; its callers are told that the model is closed. */
  void stop() {
    workers.stop(
        () ->
            new IllegalStateException(
                "'%s' was closed while this call was under way, and its grace has passed: let calls end first, or raise closeGrace"
                    .formatted(info.name())));
  }

  /** Call only when no call is under way. */
  @Override
  public void close() {
    workers.close();
  }
}
