package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.prepared.PreparedPassage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the cache of passages keeps within its bytes. */
class PassageCacheTest {

  /** What an entry takes beside its own bytes. */
  private static final int ENTRY = 256;

  private static final int SIZE = passage(100).size() + ENTRY;

  @Test
  void whatWasNotUsedForLongestGoesFirst() {
    var cache = new PassageCache(3L * SIZE);
    for (String text : List.of("a", "b", "c")) {
      put(cache, text, 100);
    }
    assertThat(has(cache, "a")).isTrue();
    put(cache, "d", 100);
    assertThat(has(cache, "b")).isFalse();
    assertThat(List.of(has(cache, "a"), has(cache, "c"), has(cache, "d"))).containsOnly(true);
  }

  @Test
  void onePassageBeyondTheBoundDoesNotPutTheOthersOut() {
    var cache = new PassageCache(2L * SIZE);
    put(cache, "a", 100);
    put(cache, "b", 100);
    put(cache, "large", 2 * SIZE);
    assertThat(List.of(has(cache, "a"), has(cache, "b"))).containsOnly(true);
    assertThat(has(cache, "large")).isFalse();
  }

  @Test
  void theSameTextAgainTakesNoMoreRoom() {
    var cache = new PassageCache(2L * SIZE);
    put(cache, "a", 100);
    for (int i = 0; i < 100; i++) {
      put(cache, "b", 100);
    }
    assertThat(has(cache, "a")).isTrue();
  }

  @Test
  void itStaysWithinItsBytes() {
    Random random = Seeds.print(PassageCacheTest.class);
    long most = 20L * SIZE;
    var cache = new PassageCache(most);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      texts.add("text " + i);
      put(cache, texts.get(i), random.nextInt(3000));
      long kept =
          texts.stream()
              .map(text -> cache.get(PassageCache.key(text)))
              .filter(Objects::nonNull)
              .mapToLong(passage -> passage.size() + ENTRY)
              .sum();
      assertThat(kept).isBetween(1L, most);
    }
  }

  private static boolean has(PassageCache cache, String text) {
    return cache.get(PassageCache.key(text)) != null;
  }

  private static void put(PassageCache cache, String text, int bytes) {
    cache.put(PassageCache.key(text), passage(bytes));
  }

  private static PreparedPassage passage(int bytes) {
    return PreparedPassage.of("a model's", new byte[bytes]);
  }
}
