package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.search.Explanation;
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
 * <p><b>Order.</b> Best first; equal scores by the raw output, then by Lucene's doc id. The score
 * of a {@link ScoreDoc} is a float, in which high probabilities may look equal whose logits are
 * not: the order is still that of the logits. All scores are finite.
 *
 * <p><b>Hits that are not scored</b>: those without text, or with a blank one, and those that the
 * reranker left unscored (past its deadline, say). By {@link #withMissingTextLast} they come after
 * the scored ones, in first-pass order and with the score {@link #UNSCORED}, which lies below each
 * score of a model: so lists of several shards can be merged by score, and no hit that was not read
 * climbs over one that was. By {@link #withFallbackToFirstPassScore} they keep their first-pass
 * score and are ordered by it among the others. Where no hit has a text, and the stored fields that
 * the {@link PassageSource} names are stored for no document, that is an {@link
 * IllegalArgumentException} which names them.
 *
 * <p><b>What is kept.</b> Each hit's {@code shardIndex}, the sort values of a {@link
 * org.apache.lucene.search.FieldDoc}, and the total hit count. The first-pass {@link TopDocs} and
 * its hits are never changed; a hit that it has twice comes back twice.
 *
 * <p>A rescorer is made for one query; making one costs nothing. It is immutable, thread-safe and
 * does not own the reranker.
 */
public final class CrossEncoderRescorer extends Rescorer {

  /**
   * The score of hits that were not scored, unless they keep their first-pass score: the smallest
   * finite float, below each score that a model gives.
   */
  public static final float UNSCORED = Rescored.UNSCORED;

  private static final String FIRST_PASS = "first pass";

  /** What becomes of a hit without text. */
  private enum Missing {
    LAST,
    FAILS,
    KEEPS_ITS_SCORE
  }

  private final Reranker reranker;
  private final String query;
  private final HitPassages passages;
  private final Missing missing;
  private final @Nullable ScoreCombiner combiner;
  private final @Nullable SearchContext context;

  private CrossEncoderRescorer(
      Reranker reranker,
      String query,
      HitPassages passages,
      Missing missing,
      @Nullable ScoreCombiner combiner,
      @Nullable SearchContext context) {
    this.reranker = Objects.requireNonNull(reranker, "reranker");
    this.query = Objects.requireNonNull(query, "query");
    this.passages = passages;
    this.missing = missing;
    this.combiner = combiner;
    this.context = context;
  }

  /**
   * A rescorer that puts hits that are not scored behind all others, in first-pass order and with
   * the score {@link #UNSCORED}.
   *
   * @param reranker the cross-encoder
   * @param query what the user typed
   * @param text where passages come from
   * @return the rescorer
   */
  public static CrossEncoderRescorer withMissingTextLast(
      Reranker reranker, String query, PassageSource text) {
    return of(reranker, query, text, Missing.LAST);
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
    return of(reranker, query, text, Missing.FAILS);
  }

  /**
   * A rescorer by which hits that are not scored keep their first-pass score and are ordered by it
   * among the others, as {@link org.apache.lucene.search.LateInteractionRescorer} has it. The two
   * scores should then be of one scale; and where lists are merged by score later, hits that were
   * not read may come before hits that were.
   *
   * @param reranker the cross-encoder
   * @param query what the user typed
   * @param text where passages come from
   * @return the rescorer
   */
  public static CrossEncoderRescorer withFallbackToFirstPassScore(
      Reranker reranker, String query, PassageSource text) {
    return of(reranker, query, text, Missing.KEEPS_ITS_SCORE);
  }

  private static CrossEncoderRescorer of(
      Reranker reranker, String query, PassageSource text, Missing missing) {
    var passages = new HitPassages(Objects.requireNonNull(text, "text"), null);
    return new CrossEncoderRescorer(reranker, query, passages, missing, null, null);
  }

  /**
   * This rescorer with prepared passages where hits have them: the reranker that made them scores
   * them in a fraction of the time, and their texts are not even loaded; it refuses those of
   * another model. Any other reranker reads the texts, and so does a rescorer without this.
   *
   * @param field the field, made by {@link PreparedPassageField}
   * @return the new rescorer; this one stays as it is
   */
  public CrossEncoderRescorer prepared(String field) {
    Objects.requireNonNull(field, "field");
    var both = new HitPassages(passages.text(), field);
    return new CrossEncoderRescorer(reranker, query, both, missing, combiner, context);
  }

  /**
   * This rescorer with a score made of both passes, for example by {@link
   * ScoreCombiner#weighted(double)}; without this the cross-encoder's score replaces the other.
   * Scores are combined within the hits that were scored.
   *
   * @param combiner makes the new score of the first-pass score and the cross-encoder's
   * @return the new rescorer; this one stays as it is
   */
  public CrossEncoderRescorer combining(ScoreCombiner combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return new CrossEncoderRescorer(reranker, query, passages, missing, combiner, context);
  }

  /**
   * This rescorer within a call: the reranker sees the call's deadline, cancellation and
   * attributes.
   *
   * @param context what the call carries
   * @return the new rescorer; this one stays as it is
   */
  public CrossEncoderRescorer within(SearchContext context) {
    Objects.requireNonNull(context, "context");
    return new CrossEncoderRescorer(reranker, query, passages, missing, combiner, context);
  }

  /**
   * Reranks the hits of a first pass: all of them, the rank window.
   *
   * @param searcher the searcher that found them
   * @param firstPass what it found, best first; not changed
   * @param topN how many of the best to return, at least 1
   * @return the best hits by the cross-encoder
   * @throws IllegalArgumentException if {@code topN} is below 1, the query does not fit the model,
   *     a hit is not of this searcher, a hit has no text where that was to fail, no document has
   *     the stored fields that texts are read from, a prepared passage is cut short or another
   *     model's, the combiner gives another number of scores, or a first-pass score is needed and
   *     not finite (a search by {@link org.apache.lucene.search.Sort} gives NaN)
   * @throws InferenceException if the model fails, or the combiner gives NaN or infinity
   * @throws dev.reranker.error.CancelledException if the call was cancelled
   * @throws IllegalStateException if the reranker is closed
   * @throws IOException if reading a passage fails
   */
  @Override
  public TopDocs rescore(IndexSearcher searcher, TopDocs firstPass, int topN) throws IOException {
    if (topN < 1) {
      throw new IllegalArgumentException("topN is " + topN + "; ask for at least 1 hit");
    }
    ScoreDoc[] hits = firstPass.scoreDocs;
    List<Rescored> scored = score(hits, read(searcher, hits));
    var isScored = new BitSet();
    scored.forEach(hit -> isScored.set(hit.position()));
    List<Rescored> order = new ArrayList<>(scored);
    List<Rescored> last = new ArrayList<>();
    for (int i = 0; i < hits.length; i++) {
      if (isScored.get(i)) {
        continue;
      }
      if (missing == Missing.KEEPS_ITS_SCORE) {
        order.add(Rescored.unscored(i, hits[i], firstPassScore(hits[i])));
      } else {
        last.add(Rescored.unscored(i, hits[i], UNSCORED));
      }
    }
    order.sort(Rescored.BEST_FIRST);
    order.addAll(last);
    ScoreDoc[] best = order.stream().limit(topN).map(Rescored::toScoreDoc).toArray(ScoreDoc[]::new);
    return new TopDocs(firstPass.totalHits, best);
  }

  /** What there is to read of the hits, by position. */
  private @Nullable Document[] read(IndexSearcher searcher, ScoreDoc[] hits) throws IOException {
    @Nullable Document[] read = passages.read(searcher, hits, reranker);
    if (missing == Missing.FAILS) {
      checkAll(hits, read);
    }
    return read;
  }

  private static void checkAll(ScoreDoc[] hits, @Nullable Document[] read) {
    for (int i = 0; i < hits.length; i++) {
      if (read[i] == null) {
        throw new IllegalArgumentException(
            "hit %d of %d (doc %d) has no text: index or store one, or make the rescorer by withMissingTextLast"
                .formatted(i + 1, hits.length, hits[i].doc));
      }
    }
  }

  private List<Rescored> score(ScoreDoc[] hits, @Nullable Document[] read) {
    List<Hit> passages = new ArrayList<>(hits.length);
    List<Integer> positions = new ArrayList<>(hits.length);
    for (int i = 0; i < hits.length; i++) {
      Document document = read[i];
      if (document != null) {
        float score = Float.isFinite(hits[i].score) ? hits[i].score : 0;
        passages.add(Hit.of(document, FIRST_PASS, i + 1, score));
        positions.add(i);
      }
    }
    List<Hit> ranked =
        reranker.rerank(request(passages)).hits().stream()
            .filter(Hit::scored)
            .sorted(Comparator.comparingInt(Hit::index))
            .toList();
    double[] scores = scores(hits, positions, ranked);
    List<Rescored> rescored = new ArrayList<>(ranked.size());
    for (int i = 0; i < scores.length; i++) {
      int position = positions.get(ranked.get(i).index());
      double raw = ranked.get(i).raw().orElse(0);
      rescored.add(new Rescored(position, hits[position], scores[i], raw));
    }
    return rescored;
  }

  private RerankRequest request(List<Hit> passages) {
    RerankRequest request = RerankRequest.of(query, passages);
    return context == null ? request : request.withContext(context);
  }

  private double[] scores(ScoreDoc[] hits, List<Integer> positions, List<Hit> ranked) {
    if (combiner == null || combiner.equals(ScoreCombiner.replace())) {
      return ranked.stream().mapToDouble(Hit::score).toArray();
    }
    for (Hit hit : ranked) {
      firstPassScore(hits[positions.get(hit.index())]);
    }
    return combiner.combined(ranked);
  }

  private static double firstPassScore(ScoreDoc hit) {
    if (!Float.isFinite(hit.score)) {
      throw new IllegalArgumentException(
          "doc %d has no first-pass score to combine with or fall back to (it is %s), as a search by Sort gives none: fill it by TopFieldCollector.populateScores, or let the cross-encoder's score replace it and hits without text come last"
              .formatted(hit.doc, hit.score));
    }
    return hit.score;
  }

  /**
   * Explains a hit's score: the first-pass score, the logit, what the activation made of it, and
   * whether the model read the whole passage. Where scores are combined, the final score depends on
   * the other hits, which are not known here; the value is then the cross-encoder's own.
   *
   * @param searcher the searcher that found the hit
   * @param firstPassExplanation how it scored there
   * @param docID Lucene's number of the document
   * @return the explanation; no match where the document is not scored, unless it keeps its
   *     first-pass score
   * @throws IllegalArgumentException if the document is not of this searcher, or the query does not
   *     fit the model
   * @throws InferenceException if the model fails
   * @throws IllegalStateException if the reranker is closed
   * @throws IOException if reading the passage fails
   */
  @Override
  public Explanation explain(IndexSearcher searcher, Explanation firstPassExplanation, int docID)
      throws IOException {
    Optional<Document> passage = passages.read(searcher, docID, reranker);
    Explanation first =
        Explanation.match(
            firstPassExplanation.getValue(), "first-pass score", firstPassExplanation);
    if (passage.isEmpty()) {
      return notScored("no text to read", first);
    }
    Hit only = Hit.of(passage.get(), FIRST_PASS, 1, 0);
    Hit hit = reranker.rerank(request(List.of(only))).hits().get(0);
    if (!hit.scored()) {
      return notScored("not scored by '" + reranker.name() + "'", first);
    }
    Explanation truncation =
        hit.truncated()
            ? Explanation.match(1, "truncated: the model read only the passage's beginning")
            : Explanation.match(0, "truncated: no, the model read the whole passage");
    return Explanation.match(
        hit.score(),
        combiner == null
            ? "cross-encoder score, in place of the first-pass score"
            : "cross-encoder score, before it is combined with the first-pass score among the hits",
        model(hit),
        truncation,
        first);
  }

  private Explanation model(Hit hit) {
    return hit.raw().isEmpty()
        ? Explanation.match(hit.score(), "score of '" + reranker.name() + "'")
        : Explanation.match(
            hit.score(),
            "activation of the logit by '" + reranker.name() + "'",
            Explanation.match(hit.raw().getAsDouble(), "logit, the raw output of the model"));
  }

  private Explanation notScored(String why, Explanation first) {
    return switch (missing) {
      case KEEPS_ITS_SCORE ->
          Explanation.match(
              first.getValue(), why + ", so not reranked: keeps its first-pass score", first);
      case FAILS ->
          Explanation.noMatch(why + ": a rescorer withMissingTextFailing refuses it", first);
      case LAST ->
          Explanation.noMatch(why + ", so not reranked: stands behind all hits that are", first);
    };
  }
}
