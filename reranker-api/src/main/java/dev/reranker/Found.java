package dev.reranker;

import dev.reranker.error.RetrievalException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a retriever found, and the reports of those that it asked in turn.
 *
 * @param hits in order, ranks 1, 2, 3…, no document twice
 * @param parts one report for each retriever of a fusion; empty for others
 */
record Found(List<Hit> hits, List<StageReport> parts) {

  /** Asks a retriever and brings in order what comes back. */
  static Found by(Retriever retriever, String query, int k, SearchContext context) {
    if (retriever instanceof FusedRetriever fused) {
      return fused.find(query, k, context);
    }
    List<Hit> hits = retriever.retrieve(query, k, context);
    return new Found(checked(retriever.name(), hits, k), List.of());
  }

  /**
   * The border that every list of hits crosses: at most {@code k}, each document once (the first
   * stays), ranks 1, 2, 3… in the list's order.
   *
   * @throws RetrievalException if the list or a hit is null
   */
  static List<Hit> checked(String stage, @Nullable List<Hit> hits, int k) {
    if (hits == null) {
      throw new RetrievalException(
          "'%s' gave null in place of a list; a stage that finds nothing gives an empty one"
              .formatted(stage));
    }
    Set<String> seen = new HashSet<>();
    List<Hit> ranked = new ArrayList<>(Math.min(k, hits.size()));
    int position = 0;
    for (Hit hit : hits) {
      if (hit == null) {
        throw new RetrievalException(
            "'%s' gave null as hit %d of %d".formatted(stage, position, hits.size()));
      }
      position++;
      if (ranked.size() < k && seen.add(hit.document().id())) {
        ranked.add(hit.atRank(ranked.size() + 1));
      }
    }
    return List.copyOf(ranked);
  }
}
