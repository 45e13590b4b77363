package dev.reranker.lucene;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.InferenceException;
import dev.reranker.RankedDocument;
import dev.reranker.RerankRequest;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Rescorer;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Rescorer} that reads query and passage together: adds a cross-encoder to a Lucene
 * application without touching its index, its analyzers or its queries.
 *
 * {@snippet :
 * TopDocs firstPass = searcher.search(query, 100); // any query, any Sort
 * Rescorer rescorer = CrossEncoderRescorer.withMissingTextLast(
 *     reranker, "how do whales sleep", PassageSource.stored("title", "blurb"));
 * TopDocs best = rescorer.rescore(searcher, firstPass, 10);
 * int doc = best.scoreDocs[0].doc;
 * System.out.println(rescorer.explain(searcher, searcher.explain(query, doc), doc));
 * }
 *
 * <p><b>Order.</b> Best first; equal logits by Lucene's doc id. The score of a {@link ScoreDoc} is
 * a float, in which high probabilities may look equal whose logits are not: the order is still that
 * of the logits. Hits that a reranker left unscored (past its deadline, say) come after the scored
 * ones, with those that have no text, in first-pass order and with a score of negative infinity.
 *
 * <p><b>What is kept.</b> Each hit's {@code shardIndex}, the sort values of a {@link FieldDoc}, and
 * the total hit count. The first-pass {@link TopDocs} and its hits are never changed; a hit that it
 * has twice comes back twice.
 *
 * <p>A rescorer is made for one query; making one costs nothing. It is immutable, thread-safe and
 * does not own the reranker.
 */
public final class CrossEncoderRescorer extends Rescorer {

  private static final String FIRST_PASS = "first pass";

  private final Reranker reranker;
  private final String query;
  private final PassageSource text;
  private final boolean missingFails;
  private final @Nullable ScoreCombiner combiner;

  private CrossEncoderRescorer(
      Reranker reranker,
      String query,
      PassageSource text,
      boolean missingFails,
      @Nullable ScoreCombiner combiner) {
    this.reranker = Objects.requireNonNull(reranker, "reranker");
    this.query = Objects.requireNonNull(query, "query");
    this.text = Objects.requireNonNull(text, "text");
    this.missingFails = missingFails;
    this.combiner = combiner;
  }

  /**
   * A rescorer that puts hits without text behind all others, in first-pass order.
   *
   * @param reranker the cross-encoder
   * @param query what the user typed
   * @param text where passages come from
   * @return the rescorer
   */
  public static CrossEncoderRescorer withMissingTextLast(
      Reranker reranker, String query, PassageSource text) {
    return new CrossEncoderRescorer(reranker, query, text, false, null);
  }

  /**
   * A rescorer that throws an {@link IllegalArgumentException} at a hit without text.
   *
   * @param reranker the cross-encoder
   * @param query what the user typed
   * @param text where passages come from
   * @return the rescorer
   */
  public static CrossEncoderRescorer withMissingTextFailing(
      Reranker reranker, String query, PassageSource text) {
    return new CrossEncoderRescorer(reranker, query, text, true, null);
  }

  /**
   * This rescorer with a score made of both passes, for example by {@link
   * ScoreCombiner#weighted(double)}; without this the cross-encoder's score replaces the other.
   * Scores are combined within the hits that have a text.
   *
   * @param combiner makes the new score of the first-pass score and the cross-encoder's
   * @return the new rescorer; this one stays as it is
   */
  public CrossEncoderRescorer combining(ScoreCombiner combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return new CrossEncoderRescorer(reranker, query, text, missingFails, combiner);
  }

  /**
   * Reranks the hits of a first pass: all of them, the rank window.
   *
   * @param searcher the searcher that found them
   * @param firstPass what it found, best first; not changed
   * @param topN how many of the best to return, at least 1
   * @return the best hits by the cross-encoder
   * @throws IllegalArgumentException if {@code topN} is below 1, the query does not fit the model,
   *     a hit is not of this searcher, a hit has no text where that was to fail, or scores are to
   *     be combined and a hit's is not finite (a search by {@link org.apache.lucene.search.Sort}
   *     gives NaN)
   * @throws InferenceException if the model fails, or the combiner gives NaN
   * @throws IllegalStateException if the reranker is closed
   * @throws IOException if reading a passage fails
   */
  @Override
  public TopDocs rescore(IndexSearcher searcher, TopDocs firstPass, int topN) throws IOException {
    if (topN < 1) {
      throw new IllegalArgumentException("topN is " + topN + "; ask for at least 1 hit");
    }
    ScoreDoc[] hits = firstPass.scoreDocs;
    List<Candidate> passages = passages(searcher, hits);
    List<Rescored> order = new ArrayList<>(hits.length);
    boolean[] scored = new boolean[hits.length];
    for (Rescored hit : score(hits, passages)) {
      order.add(hit);
      scored[hit.position()] = true;
    }
    order.sort(BEST_FIRST);
    for (int i = 0; i < hits.length; i++) {
      if (!scored[i]) {
        order.add(new Rescored(i, hits[i], Double.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY));
      }
    }
    ScoreDoc[] best = order.stream().limit(topN).map(Rescored::toScoreDoc).toArray(ScoreDoc[]::new);
    return new TopDocs(firstPass.totalHits, best);
  }

  /** A hit with its new score. */
  private record Rescored(int position, ScoreDoc hit, double score, float logit) {
    ScoreDoc toScoreDoc() {
      return hit instanceof FieldDoc sorted && sorted.fields != null
          ? new FieldDoc(hit.doc, (float) score, sorted.fields.clone(), hit.shardIndex)
          : new ScoreDoc(hit.doc, (float) score, hit.shardIndex);
    }
  }

  private static final Comparator<Rescored> BEST_FIRST =
      Comparator.comparingDouble(Rescored::score)
          .thenComparingDouble(Rescored::logit)
          .reversed()
          .thenComparingInt(hit -> hit.hit().doc)
          .thenComparingInt(Rescored::position);

  /** The hits that have a text; a candidate's id is the hit's position. */
  private List<Candidate> passages(IndexSearcher searcher, ScoreDoc[] hits) throws IOException {
    StoredFields stored = searcher.storedFields();
    List<Candidate> candidates = new ArrayList<>(hits.length);
    for (int i = 0; i < hits.length; i++) {
      checkOf(searcher, hits[i].doc);
      Optional<String> passage = text.read(stored, hits[i].doc);
      if (passage.isPresent()) {
        float score = Float.isNaN(hits[i].score) ? 0 : hits[i].score;
        var document = Document.of(Integer.toString(i), passage.get());
        candidates.add(Candidate.of(document, FIRST_PASS, i + 1, score));
      } else if (missingFails) {
        throw new IllegalArgumentException(
            "hit %d of %d (doc %d) has no text: index or store one, or make the rescorer by withMissingTextLast"
                .formatted(i + 1, hits.length, hits[i].doc));
      }
    }
    return candidates;
  }

  private static void checkOf(IndexSearcher searcher, int doc) {
    int maxDoc = searcher.getIndexReader().maxDoc();
    if (doc < 0 || doc >= maxDoc) {
      throw new IllegalArgumentException(
          "doc %d is not in this searcher, which has %d: pass the searcher that found the hits"
              .formatted(doc, maxDoc));
    }
  }

  private List<Rescored> score(ScoreDoc[] hits, List<Candidate> passages) {
    List<RankedDocument> ranked =
        reranker.rerank(RerankRequest.of(query, passages)).documents().stream()
            .filter(RankedDocument::scored)
            .sorted(Comparator.comparingInt(RankedDocument::index))
            .toList();
    double[] scores = ranked.stream().mapToDouble(RankedDocument::score).toArray();
    int[] positions =
        ranked.stream()
            .mapToInt(hit -> Integer.parseInt(passages.get(hit.index()).document().id()))
            .toArray();
    if (combiner != null) {
      double[] before = new double[positions.length];
      for (int i = 0; i < positions.length; i++) {
        before[i] = firstPassScore(hits[positions[i]]);
      }
      scores = checked(combiner.combine(before, scores), scores.length);
    }
    List<Rescored> rescored = new ArrayList<>(ranked.size());
    for (int i = 0; i < positions.length; i++) {
      int position = positions[i];
      rescored.add(new Rescored(position, hits[position], scores[i], ranked.get(i).logit()));
    }
    return rescored;
  }

  private static double firstPassScore(ScoreDoc hit) {
    if (!Float.isFinite(hit.score)) {
      throw new IllegalArgumentException(
          ("doc %d has no first-pass score to combine with (it is %s), as a search by Sort gives"
                  + " none: fill it by TopFieldCollector.populateScores; and another rescorer"
                  + " gives -Infinity to what it did not score: drop those hits, or let the"
                  + " cross-encoder's score replace theirs")
              .formatted(hit.doc, hit.score));
    }
    return hit.score;
  }

  private static double[] checked(double[] combined, int hits) {
    if (combined.length != hits) {
      throw new IllegalArgumentException(
          "the combiner gave %d scores for %d hits; it must give one each"
              .formatted(combined.length, hits));
    }
    for (double score : combined) {
      if (Double.isNaN(score)) {
        throw new InferenceException(
            "the combiner gave NaN for one of %d hits: no rank can be made of it".formatted(hits));
      }
    }
    return combined;
  }

  /**
   * Explains a hit's score: the first-pass score, the logit, what the activation made of it, and
   * whether the model read the whole passage. Where scores are combined, the final score depends on
   * the other hits, which are not known here; the value is then the cross-encoder's own.
   *
   * @param searcher the searcher that found the hit
   * @param firstPassExplanation how it scored there
   * @param docID Lucene's number of the document
   * @return the explanation; no match where the document has no text
   * @throws IllegalArgumentException if the document is not of this searcher, or the query does not
   *     fit the model
   * @throws InferenceException if the model fails
   * @throws IllegalStateException if the reranker is closed
   * @throws IOException if reading the passage fails
   */
  @Override
  public Explanation explain(IndexSearcher searcher, Explanation firstPassExplanation, int docID)
      throws IOException {
    checkOf(searcher, docID);
    Explanation first =
        Explanation.match(
            firstPassExplanation.getValue(), "first-pass score", firstPassExplanation);
    Optional<String> passage = text.read(searcher.storedFields(), docID);
    if (passage.isEmpty()) {
      return Explanation.noMatch(
          missingFails
              ? "no text to read: a rescorer withMissingTextFailing refuses it"
              : "no text to read: stands behind all hits that have one",
          first);
    }
    RankedDocument hit = reranker.rerank(query, List.of(passage.get())).documents().get(0);
    if (!hit.scored()) {
      return Explanation.noMatch("not scored by '" + reranker.name() + "'", first);
    }
    Explanation logit = Explanation.match(hit.logit(), "logit, the raw output of the model");
    Explanation activation =
        Explanation.match(
            hit.score(), "activation of the logit by '" + reranker.name() + "'", logit);
    Explanation truncation =
        hit.truncated()
            ? Explanation.match(1, "truncated: the model read only the passage's beginning")
            : Explanation.match(0, "truncated: no, the model read the whole passage");
    return Explanation.match(
        hit.score(),
        combiner == null
            ? "cross-encoder score, in place of the first-pass score"
            : "cross-encoder score, before it is combined with the first-pass score among the hits",
        activation,
        truncation,
        first);
  }
}
