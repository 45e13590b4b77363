package dev.reranker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * A document on its way through the stages: where it stands now, and what each stage said of it. A
 * retriever makes one, each further stage adds an entry to its trail, and a search returns it.
 * Immutable; equal to another with the same values.
 */
public final class Hit {

  /** Best first: higher score, then the rank it had before, then id. */
  static final Comparator<Hit> BEST_FIRST =
      Comparator.comparingDouble(Hit::score)
          .reversed()
          .thenComparingInt(Hit::rank)
          .thenComparing(hit -> hit.document().id());

  private final Document document;
  private final List<StageScore> trail;
  private final int index;

  private Hit(Document document, List<StageScore> trail, int index) {
    this.document = document;
    this.trail = trail;
    this.index = index;
  }

  /**
   * A hit fresh from its first stage.
   *
   * @param document the document
   * @param stage the name of the stage that found it
   * @param rank its rank there, from 1
   * @param score its score there; finite
   * @return the hit
   * @throws IllegalArgumentException if {@code rank} is below 1
   * @throws dev.reranker.error.InferenceException if {@code score} is NaN or infinite
   */
  public static Hit of(Document document, String stage, int rank, double score) {
    return of(document, List.of(StageScore.of(stage, rank, score)));
  }

  /**
   * A hit that several stages have seen, for stage implementers.
   *
   * @param document the document
   * @param trail what each stage said, oldest first, at least one entry; copied
   * @return the hit
   * @throws IllegalArgumentException if {@code trail} is empty
   */
  public static Hit of(Document document, List<StageScore> trail) {
    Objects.requireNonNull(document, "document");
    List<StageScore> copy = List.copyOf(trail);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException(
          "the trail of document '%s' is empty; it has an entry for each stage"
              .formatted(document.id()));
    }
    return new Hit(document, copy, copy.getLast().rank() - 1);
  }

  /**
   * The document itself.
   *
   * @return the document
   */
  public Document document() {
    return document;
  }

  /**
   * What each stage said, oldest first: the retriever (after a fusion first an entry for each
   * retriever that found the document), then each reranker.
   *
   * @return the entries, at least one; unmodifiable
   */
  public List<StageScore> trail() {
    return trail;
  }

  /**
   * What the newest stage said: the last entry of the {@linkplain #trail() trail}.
   *
   * @return the entry
   */
  public StageScore current() {
    return trail.getLast();
  }

  /**
   * What the stages before the newest said.
   *
   * @return the trail without its last entry; unmodifiable
   */
  public List<StageScore> earlier() {
    return trail.subList(0, trail.size() - 1);
  }

  /**
   * The rank that the newest stage gave.
   *
   * @return the rank, from 1
   */
  public int rank() {
    return current().rank();
  }

  /**
   * The score that the newest stage gave: after a reranker its activation of the raw output (a
   * probability for the usual sigmoid), or what a {@link ScoreCombiner}, by default the reranker's
   * {@linkplain Reranker#combiner() own}, made of it: the stage is {@code "combined"} then, and the
   * reranker's score the last of the {@linkplain #earlier() earlier}. Where {@link #scored()} is
   * false, the score that the document came with.
   *
   * @return the score, higher is better; finite
   */
  public double score() {
    return current().score();
  }

  /**
   * The name of the newest stage.
   *
   * @return the name
   */
  public String stage() {
    return current().stage();
  }

  /**
   * The raw output of the newest model, for example a cross-encoder's logit; a stage that combines
   * scores keeps the model's.
   *
   * @return a finite number; empty where the newest stage has none or did not score the document
   */
  public OptionalDouble raw() {
    return current().raw();
  }

  /**
   * Whether the newest stage scored the document itself.
   *
   * @return false: it stands in the order of the stage before, behind all that were scored
   */
  public boolean scored() {
    return current().scored();
  }

  /**
   * Whether the newest stage's model read only the passage's beginning, since it was too long.
   *
   * @return true if it was cut
   */
  public boolean truncated() {
    return current().truncated();
  }

  /**
   * The position in the list that the newest stage was given: for {@code rerank(query, passages)}
   * the passage's place in {@code passages}.
   *
   * @return from 0; for a hit that no reranker has seen, its rank - 1
   */
  public int index() {
    return index;
  }

  /**
   * This hit after one more stage, for stage implementers.
   *
   * @param next what the further stage said
   * @param index the hit's position, from 0, in the list that the stage was given
   * @return the new hit, with one entry more in its trail
   * @throws IllegalArgumentException if {@code index} is negative
   */
  public Hit then(StageScore next, int index) {
    if (index < 0) {
      throw new IllegalArgumentException("index is " + index + "; it counts from 0");
    }
    var longer = new ArrayList<StageScore>(trail.size() + 1);
    longer.addAll(trail);
    longer.add(next);
    return new Hit(document, List.copyOf(longer), index);
  }

  /**
   * This hit for another document, with the same trail: for a stage that answers with a passage's
   * parent, say.
   *
   * @param other the document
   * @return the new hit
   */
  public Hit with(Document other) {
    return new Hit(Objects.requireNonNull(other, "other"), trail, index);
  }

  /**
   * This hit at another rank of the same stage.
   *
   * @param rank the rank, from 1
   * @return the hit
   * @throws IllegalArgumentException if {@code rank} is below 1
   */
  public Hit atRank(int rank) {
    return rank == rank() ? this : new Hit(document, last(current().atRank(rank)), index);
  }

  /** This hit as a retriever's, at this rank of its list. */
  Hit found(int rank) {
    return new Hit(document, last(current().atRank(rank)), rank - 1);
  }

  /** This hit, at this position of the list that the newest stage was given. */
  Hit at(int index) {
    return index == this.index ? this : new Hit(document, trail, index);
  }

  /** This hit with the newest stage under another name. */
  Hit named(String stage) {
    return new Hit(document, last(current().named(stage)), index);
  }

  private List<StageScore> last(StageScore changed) {
    var same = new ArrayList<>(trail);
    same.set(same.size() - 1, changed);
    return List.copyOf(same);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hit that
        && document.equals(that.document)
        && trail.equals(that.trail)
        && index == that.index;
  }

  @Override
  public int hashCode() {
    return Objects.hash(document, trail, index);
  }

  /** For people: the id and the trail. */
  @Override
  public String toString() {
    return document.id() + " " + trail;
  }
}
