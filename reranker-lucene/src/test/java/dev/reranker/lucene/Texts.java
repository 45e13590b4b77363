package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.testkit.RandomText;
import java.util.List;
import java.util.Random;

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
    return RandomText.words(random, vocabulary);
  }

  static List<String> ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.document().id()).toList();
  }

  /** A seed that a failing test has printed, or a new one; printed. */
  static long seed() {
    return RandomText.seed();
  }
}
