package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.prepared.PreparedPassage;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Query and passages encoded apart, the query once a request; they meet in the scorer. What was
 * prepared of a passage, or is in the cache, goes to the scorer as it is.
 */
final class EncodeApart implements PairScoring {

  /** Prepared passages that are planned at a time, the first of a request first. */
  private static final int WAVE = 1024;

  /** Padded tokens of a batch for the scorer: its vectors fit into a core's cache. */
  private static final int BATCH_TOKENS = 2048;

  /** What one more run of the scorer costs, in tokens; see benchmarks/README.md, "Settings". */
  private static final int RUN_COST_TOKENS = 256;

  private final LateModel model;
  private final Engine engine;
  private final boolean reencodeForeign;
  private final @Nullable PassageCache cache;

  /**
   * Takes a loaded model over.
   *
   * @param reencodeForeign whether the text is read of what another model prepared
   * @param cache null: none
   */
  EncodeApart(LateModel model, boolean reencodeForeign, @Nullable PassageCache cache) {
    this.model = model;
    this.engine = model.engine();
    this.reencodeForeign = reencodeForeign;
    this.cache = cache;
  }

  @Override
  public Work run(String text, Passages passages, float[] logits, SearchContext context) {
    TokenIds ids = model.queryTokens(text);
    var work = new Work();
    if (passages.count() == 0) {
      return work;
    }
    var ready = new PreparedContent[passages.count()];
    var keys = new PassageCache.@Nullable Key[passages.count()];
    var unread = new BitSet();
    for (int i = 0; i < ready.length; i++) {
      ready[i] = ready(passages, i, keys);
      unread.set(i, ready[i] == null);
    }
    try (LateModel.Query encoded = model.query(text, ids, context, work)) {
      if (!work.pastDeadline()) {
        scoreReady(encoded, ready, logits, work, context);
      }
      if (!work.pastDeadline() && !unread.isEmpty()) {
        int[] rows = unread.stream().toArray();
        work.add(scoreUnread(encoded, passages, rows, keys, logits, context), rows);
      }
    }
    return work;
  }

  /** What is known of a passage without reading it; null where that is nothing. */
  private @Nullable PreparedContent ready(
      Passages passages, int i, PassageCache.@Nullable Key[] keys) {
    PreparedPassage prepared = passages.prepared().apply(i).orElse(null);
    if (prepared != null && prepared.fingerprint().equals(model.preparedFingerprint())) {
      return content(prepared, passages, i);
    }
    if (prepared != null && !reencodeForeign) {
      throw new IllegalArgumentException(
          "%s was prepared by %s, and '%s' prepares as %s: prepare it again with this model, or say reencodeForeign(true) to have its text read"
              .formatted(
                  passages.label().apply(i),
                  prepared.fingerprint(),
                  engine.info().name(),
                  model.preparedFingerprint()));
    }
    if (cache == null) {
      return null;
    }
    keys[i] = PassageCache.key(passages.texts().get(i));
    PreparedPassage cached = cache.get(keys[i]);
    return cached == null ? null : content(cached, passages, i);
  }

  private PreparedContent content(PreparedPassage prepared, Passages passages, int i) {
    try {
      PreparedContent read =
          PreparedContent.read(prepared.content(), model.vectorSize(), model.meanSize());
      int most = model.passageTokens();
      if (read.tokens() > most) {
        throw new IllegalArgumentException(
            "it has %,d tokens, and the model reads %,d of a passage at most"
                .formatted(read.tokens(), most));
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new InferenceException(
          "what was prepared of %s cannot be read: %s; prepare it again"
              .formatted(passages.label().apply(i), e.getMessage()),
          e);
    }
  }

  private void scoreReady(
      LateModel.Query encoded,
      PreparedContent[] ready,
      float[] logits,
      Work work,
      SearchContext context) {
    int[] rows = IntStream.range(0, ready.length).filter(i -> ready[i] != null).toArray();
    for (int from = 0; from < rows.length && !work.pastDeadline(); from += WAVE) {
      int[] wave = Arrays.copyOfRange(rows, from, Math.min(from + WAVE, rows.length));
      int[] lengths = Arrays.stream(wave).map(row -> ready[row].tokens()).toArray();
      List<Batch> batches =
          BatchPlan.of(lengths, BATCH_TOKENS, engine.info().threads(), RUN_COST_TOKENS);
      var ran = new boolean[batches.size()];
      LateModel.Sink sink =
          (batch, values) -> {
            for (int row : batch.rows()) {
              logits[wave[row]] = values.get();
            }
          };
      engine.steps(
          context,
          wave.length,
          ran.length,
          i -> {
            encoded.score(batches.get(i), row -> ready[wave[row]], sink);
            ran[i] = true;
          },
          work);
      for (int i = 0; i < ran.length; i++) {
        if (ran[i]) {
          for (int row : batches.get(i).rows()) {
            work.prepared(wave[row], ready[wave[row]].truncated());
          }
        }
      }
    }
  }

  /** Encodes passages and scores each batch where it is. */
  private Work scoreUnread(
      LateModel.Query encoded,
      Passages passages,
      int[] rows,
      PassageCache.@Nullable Key[] keys,
      float[] logits,
      SearchContext context) {
    List<String> texts = Arrays.stream(rows).mapToObj(passages.texts()::get).toList();
    var cut = new boolean[rows.length];
    return model.passages(
        texts,
        i -> passages.label().apply(rows[i]),
        cut,
        ran -> {
          encoded.score(
              ran,
              (batch, values) -> {
                for (int row : batch.rows()) {
                  logits[rows[ran.from() + row]] = values.get();
                }
              });
          if (cache != null) {
            keep(ran, rows, keys, cut, cache);
          }
        },
        context);
  }

  private void keep(
      Ran ran, int[] rows, PassageCache.@Nullable Key[] keys, boolean[] cut, PassageCache cache) {
    for (int i = 0; i < ran.rows(); i++) {
      int row = ran.row(i);
      PassageCache.Key key = keys[rows[row]];
      if (key != null) {
        cache.put(key, model.prepared(ran, i, PreparedFormat.FLOAT32, cut[row]));
      }
    }
  }
}
