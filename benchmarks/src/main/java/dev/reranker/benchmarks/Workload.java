package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** How long the pairs of a request are, in tokens, special tokens included. */
public enum Workload {

  /** 40 tokens each. */
  SHORT {
    @Override
    int tokens(int index, Random random) {
      return 40;
    }
  },

  /** 20 to 400 tokens, log-normal: the median is 110, one in six has more than 220. */
  MIXED {
    @Override
    int tokens(int index, Random random) {
      double length = 110 * Math.exp(Math.log(2) * random.nextGaussian());
      return Math.clamp(Math.round(length), 20, 400);
    }
  },

  /** One pair of 512 tokens among pairs of 40. */
  OUTLIER {
    @Override
    int tokens(int index, Random random) {
      return index == 0 ? 512 : 40;
    }
  },

  /** 512 tokens each: what the model takes at most. */
  LONG {
    @Override
    int tokens(int index, Random random) {
      return 512;
    }
  };

  private static final int QUERY_TOKENS = 8;

  /** {@code [CLS] query [SEP] passage [SEP]}. */
  private static final int SPECIAL_TOKENS = 3;

  abstract int tokens(int index, Random random);

  /** The same request at every call; the outlier stands in the middle. */
  Request request(int candidates) {
    var random = new Random(42);
    var text = new TextGenerator(42);
    String query = text.text(QUERY_TOKENS);
    var passages = new ArrayList<String>(candidates);
    int[] tokens = new int[candidates];
    for (int i = 0; i < candidates; i++) {
      tokens[i] = tokens((i + candidates - candidates / 2) % candidates, random);
      passages.add(text.text(tokens[i] - QUERY_TOKENS - SPECIAL_TOKENS));
    }
    return new Request(query, List.copyOf(passages), tokens);
  }
}
