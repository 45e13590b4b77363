package dev.reranker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A document on its way through the stages: where it stands now, and what each stage before said.
 *
 * @param document the document
 * @param current the rank and score that the newest stage gave it
 * @param earlier what the stages before said, oldest first; after a fusion one entry a retriever
 *     that found the document
 */
public record Candidate(Document document, StageScore current, List<StageScore> earlier) {

  /** Best first: higher score, then the rank it had before, then id. */
  static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingDouble(Candidate::score)
          .reversed()
          .thenComparingInt(Candidate::rank)
          .thenComparing(c -> c.document().id());

  /** Copies {@code earlier}. */
  public Candidate {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(current, "current");
    earlier = List.copyOf(earlier);
  }

  /**
   * A candidate fresh from its first stage.
   *
   * @param document the document
   * @param stage the name of the stage that found it
   * @param rank its rank there, from 1
   * @param score its score there
   * @return the candidate
   */
  public static Candidate of(Document document, String stage, int rank, double score) {
    return new Candidate(document, new StageScore(stage, rank, score), List.of());
  }

  /**
   * The rank that the newest stage gave.
   *
   * @return the rank, from 1
   */
  public int rank() {
    return current.rank();
  }

  /**
   * The score that the newest stage gave.
   *
   * @return the score in that stage's unit, higher is better
   */
  public double score() {
    return current.score();
  }

  /**
   * This candidate after one more stage: what is current now joins the earlier entries.
   *
   * @param next what the further stage said
   * @return the new candidate
   */
  public Candidate then(StageScore next) {
    var history = new ArrayList<StageScore>(earlier.size() + 1);
    history.addAll(earlier);
    history.add(current);
    return new Candidate(document, next, history);
  }

  /** This candidate at another rank of the same stage. */
  Candidate atRank(int rank) {
    return rank == rank()
        ? this
        : new Candidate(document, new StageScore(current.stage(), rank, score()), earlier);
  }
}
