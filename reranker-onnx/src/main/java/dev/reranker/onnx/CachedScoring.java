package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.cache.CachedScore;
import dev.reranker.cache.ScoreCache;
import dev.reranker.cache.ScoreKey;
import dev.reranker.prepared.PreparedPassage;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores only the passages that no cache has the logit of. */
final class CachedScoring implements PairScoring {

  private static final Logger LOG = LoggerFactory.getLogger(CachedScoring.class);

  private final PairScoring scoring;
  private final ScoreCache cache;
  private final String model;
  private final boolean readsPrepared;

  /**
   * A cache before a model.
   *
   * @param model all that changes a logit
   * @param readsPrepared whether what was prepared of a passage is scored, in place of its text
   */
  CachedScoring(PairScoring scoring, ScoreCache cache, String model, boolean readsPrepared) {
    this.scoring = scoring;
    this.cache = cache;
    this.model = model;
    this.readsPrepared = readsPrepared;
  }

  @Override
  public Work run(String query, Passages passages, float[] logits, SearchContext context) {
    var work = new Work();
    var keys = new ScoreKey[passages.count()];
    var unknown = new BitSet();
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(query, passages, i);
      CachedScore known = get(keys[i]);
      if (known == null) {
        unknown.set(i);
      } else {
        logits[i] = known.logit();
        work.cached(i, known.truncated());
      }
    }
    if (unknown.isEmpty() && keys.length > 0) {
      return work;
    }
    int[] rows = unknown.stream().toArray();
    float[] found = new float[rows.length];
    Work part = scoring.run(query, passages.only(rows), found, context);
    work.add(part, rows);
    part.done().stream()
        .forEach(
            i -> {
              logits[rows[i]] = found[i];
              if (Float.isFinite(found[i])) {
                put(keys[rows[i]], new CachedScore(found[i], part.truncated(i)));
              }
            });
    return work;
  }

  private ScoreKey key(String query, Passages passages, int i) {
    PreparedPassage prepared = readsPrepared ? passages.prepared().apply(i).orElse(null) : null;
    return prepared == null
        ? ScoreKey.ofText(model, query, passages.texts().get(i))
        : ScoreKey.ofPrepared(model, query, prepared.fingerprint(), prepared.content());
  }

  /** A cache that fails costs time, not an answer. */
  private @Nullable CachedScore get(ScoreKey key) {
    try {
      return cache.get(key);
    } catch (RuntimeException e) {
      LOG.warn("the score cache failed; the model is asked instead", e);
      return null;
    }
  }

  private void put(ScoreKey key, CachedScore score) {
    try {
      cache.put(key, score);
    } catch (RuntimeException e) {
      LOG.warn("the score cache failed; a score is not kept", e);
    }
  }
}
