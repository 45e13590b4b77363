package dev.reranker.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import org.jspecify.annotations.Nullable;

/**
 * A score cache in memory, on <a href="https://github.com/ben-manes/caffeine">Caffeine</a>, which
 * an application that uses it adds to its dependencies: {@code
 * com.github.ben-manes.caffeine:caffeine}. What is asked for seldom goes first.
 */
public final class CaffeineScoreCache implements ScoreCache {

  private final Cache<ScoreKey, CachedScore> scores;

  private CaffeineScoreCache(Cache<ScoreKey, CachedScore> scores) {
    this.scores = scores;
  }

  /**
   * A cache of so many scores, which do not grow old.
   *
   * @param scores how many are kept at most, at least 1; each takes about 200 bytes
   * @return the cache
   * @throws IllegalArgumentException if it is below 1
   */
  public static CaffeineScoreCache ofMost(long scores) {
    if (scores < 1) {
      throw new IllegalArgumentException("a cache of " + scores + " scores; it is at least 1");
    }
    return new CaffeineScoreCache(Caffeine.newBuilder().maximumSize(scores).recordStats().build());
  }

  /**
   * A cache that the application set up: its bound, its times, its executor.
   *
   * @param scores the cache; its statistics are told where it records them
   * @return the cache
   */
  @SuppressWarnings("exports") // who has such a cache has its module
  public static CaffeineScoreCache of(Cache<ScoreKey, CachedScore> scores) {
    return new CaffeineScoreCache(scores);
  }

  @Override
  public @Nullable CachedScore get(ScoreKey key) {
    return scores.getIfPresent(key);
  }

  @Override
  public void put(ScoreKey key, CachedScore score) {
    scores.put(key, score);
  }

  @Override
  public Statistics statistics() {
    CacheStats stats = scores.stats();
    return new Statistics(stats.hitCount(), stats.missCount(), scores.estimatedSize());
  }
}
