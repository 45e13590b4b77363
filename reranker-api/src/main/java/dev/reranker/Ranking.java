package dev.reranker;

import dev.reranker.error.RetrievalException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists of hits that are in order, and their ranks. */
final class Ranking {

  private Ranking() {}

  /** The first {@code most} hits, with ranks 1, 2, 3… */
  static List<Hit> first(int most, List<Hit> ordered) {
    List<Hit> ranked = new ArrayList<>(Math.min(most, ordered.size()));
    for (Hit hit : ordered.subList(0, Math.min(most, ordered.size()))) {
      ranked.add(hit.atRank(ranked.size() + 1));
    }
    return List.copyOf(ranked);
  }

  /**
   * The border that every retriever's list crosses: at most {@code k} hits, each document once (the
   * first stays), ranks 1, 2, 3… in the list's order.
   *
   * @throws RetrievalException if the list or a hit is null
   */
  static List<Hit> retrieved(String retriever, @Nullable List<Hit> hits, int k) {
    if (hits == null) {
      throw new RetrievalException(
          "'%s' gave null in place of a list; one that finds nothing gives an empty list"
              .formatted(retriever));
    }
    Set<String> seen = new HashSet<>();
    List<Hit> ranked = new ArrayList<>(Math.min(k, hits.size()));
    int position = 0;
    for (Hit hit : hits) {
      if (hit == null) {
        throw new RetrievalException(
            "'%s' gave null as hit %d of %d".formatted(retriever, position, hits.size()));
      }
      position++;
      if (ranked.size() < k && seen.add(hit.document().id())) {
        ranked.add(hit.found(ranked.size() + 1));
      }
    }
    return List.copyOf(ranked);
  }
}
