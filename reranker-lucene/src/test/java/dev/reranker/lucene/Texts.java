package dev.reranker.lucene;

import dev.reranker.Candidate;
import dev.reranker.Document;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Documents to search in tests. */
final class Texts {

  static final List<Document> WHALES =
      List.of(
          Document.of("a", "whales sleep"),
          Document.of("b", "whales swim in the sea"),
          Document.of("c", "cats sleep all day long"),
          Document.of("d", "dogs bark"),
          Document.of("e", "whales sleep"),
          Document.of("f", "the sea is deep"));

  private Texts() {}

  /** A text of random words out of a small vocabulary, so that texts overlap and repeat. */
  static String random(Random random, int vocabulary) {
    return IntStream.range(0, 1 + random.nextInt(8))
        .mapToObj(i -> "w" + random.nextInt(vocabulary))
        .collect(Collectors.joining(" "));
  }

  static List<String> ids(List<Candidate> candidates) {
    return candidates.stream().map(c -> c.document().id()).toList();
  }

  /** A seed that a failing test has printed, or a new one; printed. */
  static long seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed: -Dseed=" + seed);
    return seed;
  }
}
