package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A pair's logit whatever stands beside it in list and batch. */
class ScoresIgnoreNeighboursTest {

  private static final String QUERY = "how do whales sleep";
  private static final int PASSAGES = 24;

  private final Random random = Seeds.print(ScoresIgnoreNeighboursTest.class);

  @Test
  void whateverTheBudgetTheThreadsTheOrderAndTheDuplicates() {
    List<String> passages = passages();
    // A budget of one token: every row runs alone and unpadded.
    float[] alone = score(1, 1, passages);
    assertSame(alone, passages, 100, 2);
    assertSame(alone, passages, 1024, 1);
    assertSame(alone, passages, 16_384, 3);
  }

  private void assertSame(float[] alone, List<String> passages, int batchTokens, int threads) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < passages.size() * 3 / 2; i++) {
      order.add(i % passages.size());
    }
    Collections.shuffle(order, random);
    float[] logits = score(batchTokens, threads, order.stream().map(passages::get).toList());
    for (int i = 0; i < logits.length; i++) {
      assertThat(logits[i])
          .as("passage %d in a list with batchTokens %d", order.get(i), batchTokens)
          .isCloseTo(alone[order.get(i)], within(1e-4f));
    }
  }

  private static float[] score(int batchTokens, int threads, List<String> passages) {
    try (var reranker = OnnxReranker.builder().batchTokens(batchTokens).threads(threads).build()) {
      return reranker.score(QUERY, passages);
    }
  }

  /** From empty to beyond the model's length, mostly short. */
  private List<String> passages() {
    var texts = new RandomText(random);
    var passages = new ArrayList<>(List.of("", texts.words(700)));
    while (passages.size() < PASSAGES) {
      passages.add(texts.words((int) Math.exp(random.nextDouble() * Math.log(150))));
    }
    return passages;
  }
}
