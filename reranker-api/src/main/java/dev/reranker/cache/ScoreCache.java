package dev.reranker.cache;

import org.jspecify.annotations.Nullable;

/**
 * Keeps what models gave for pairs of query and passage, for queries that come again. One cache may
 * serve any number of models: a key names the model too.
 *
 * {@snippet :
 * ScoreCache cache = CaffeineScoreCache.ofMost(1_000_000);
 * OnnxReranker reranker = OnnxReranker.builder().scoreCache(cache).build();
 * }
 *
 * <p>Implementations are bounded, thread-safe and quick, and keep nothing that was not put. What
 * they throw costs a search no answer: the model is asked instead.
 */
public interface ScoreCache {

  /**
   * What was kept for a pair.
   *
   * @param key the pair
   * @return null where nothing was kept, or no longer
   */
  @Nullable CachedScore get(ScoreKey key);

  /**
   * Keeps what a model gave.
   *
   * @param key the pair
   * @param score what the model gave for it
   */
  void put(ScoreKey key, CachedScore score);

  /**
   * How often it was asked, since it was made.
   *
   * @return the numbers of one moment
   */
  Statistics statistics();

  /**
   * How often a cache was asked, and what it holds.
   *
   * @param hits how often there was something
   * @param misses how often there was nothing
   * @param size about how many scores are kept now
   */
  record Statistics(long hits, long misses, long size) {

    /**
     * The share of hits.
     *
     * @return from 0 to 1; 0 where it was never asked
     */
    public double hitRate() {
      return hits == 0 ? 0 : (double) hits / (hits + misses);
    }
  }
}
