package dev.reranker;

import java.util.ArrayList;
import java.util.List;

/** Gives lists that are already in order their ranks. */
final class Ranking {

  private Ranking() {}

  /** The same candidates with ranks 1, 2, 3… */
  static List<Candidate> renumber(List<Candidate> ordered) {
    List<Candidate> ranked = new ArrayList<>(ordered.size());
    for (Candidate candidate : ordered) {
      ranked.add(candidate.atRank(ranked.size() + 1));
    }
    return List.copyOf(ranked);
  }
}
