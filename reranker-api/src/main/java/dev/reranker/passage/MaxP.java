package dev.reranker.passage;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.StageReport;
import dev.reranker.StageScore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * A reranker of passages that answers with documents: each is as good as its best passage among the
 * candidates.
 *
 * {@snippet :
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(index.knn(), 100)    // passages, cut by a PassageSplitter
 *     .rerank(MaxP.of(reranker), 10) // documents
 *     .build();
 * for (Hit hit : pipeline.search("how do whales sleep").hits()) {
 *   Passage best = Passage.of(hit.document()).orElseThrow();
 *   String text = texts.get(best.parent());
 *   System.out.println(text.substring(best.start(), best.end())); // what to highlight
 * }
 * }
 *
 * <p>A result's id is the parent's, its text the winning passage and its metadata the passage's, of
 * which {@link Passage#of} tells the place in the parent; trail and index are the winning
 * passage's, but for what the stage before said, which is what it said of that candidate of the
 * document that it ranked first: so the document, too, is as good there as its best passage, and a
 * {@link ScoreCombiner} joins with that. What was prepared of the winning passage stays with it. By
 * {@link #of(Reranker)}, candidates that no {@link PassageSplitter} made are their own parents;
 * passages of an application's own need {@link #of(Reranker, Function)}. How many documents come
 * out depends on how many parents the rank window has: give it more passages than documents are
 * wanted. A parent of which no passage was scored, past a deadline, stands behind those of which
 * one was.
 *
 * <p>Source: Dai and Callan, "Deeper Text Understanding for IR with Contextual Neural Language
 * Modeling", SIGIR 2019 (BERT-MaxP).
 *
 * <p>As thread-safe as the reranker it wraps.
 */
public final class MaxP implements Reranker {

  private final Reranker passages;
  private final Function<Document, String> parent;

  private MaxP(Reranker passages, Function<Document, String> parent) {
    this.passages = Objects.requireNonNull(passages, "passages");
    this.parent = Objects.requireNonNull(parent, "parent");
  }

  /**
   * Wraps a reranker, for passages that a {@link PassageSplitter} made.
   *
   * @param passages scores the passages; closed with this
   * @return the reranker of documents
   */
  public static MaxP of(Reranker passages) {
    return new MaxP(
        passages, passage -> Passage.of(passage).map(Passage::parent).orElse(passage.id()));
  }

  /**
   * Wraps a reranker, for passages that an application cut itself, for example {@code
   * MaxP.of(reranker, passage -> (String) passage.metadata().get("parent_id"))}.
   *
   * @param passages scores the passages; closed with this
   * @param parent the id of a passage's document; safe for several threads. Where it gives null,
   *     {@link #rerank} throws a {@link NullPointerException} that names the passage
   * @return the reranker of documents
   */
  public static MaxP of(Reranker passages, Function<Document, String> parent) {
    return new MaxP(passages, parent);
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    RerankResult result = passages.rerank(request.withTopN(Integer.MAX_VALUE));
    Map<String, StageScore> before = before(request.candidates());
    List<Hit> best = new ArrayList<>();
    Set<String> parents = new HashSet<>();
    for (Hit passage : result.hits()) {
      String id = parent(passage.document());
      if (best.size() < request.topN() && parents.add(id)) {
        best.add(asDocument(id, passage, request.candidates(), before).atRank(best.size() + 1));
      }
    }
    return RerankResult.of(best, report(result.report(), best.size()));
  }

  private String parent(Document passage) {
    return Objects.requireNonNull(
        parent.apply(passage), () -> "the parent of passage '" + passage.id() + "'");
  }

  /** What the stage before said of each document: of the candidate that it ranked first. */
  private Map<String, StageScore> before(List<Hit> candidates) {
    Map<String, StageScore> before = new HashMap<>();
    for (Hit candidate : candidates) {
      before.merge(
          parent(candidate.document()),
          candidate.current(),
          (first, other) -> other.rank() < first.rank() ? other : first);
    }
    return before;
  }

  /** The winning passage as its document, with what the stage before said of the document. */
  private static Hit asDocument(
      String id, Hit passage, List<Hit> candidates, Map<String, StageScore> before) {
    Document document = passage.document().withId(id);
    int length =
        passage.index() < candidates.size() ? candidates.get(passage.index()).trail().size() : 0;
    StageScore first = before.get(id);
    if (first == null || length == 0 || length >= passage.trail().size()) {
      return passage.with(document); // of a reranker that adds nothing, or knows other candidates
    }
    List<StageScore> trail = new ArrayList<>(passage.earlier());
    trail.set(length - 1, first);
    return Hit.of(document, trail).then(passage.current(), passage.index());
  }

  /** What was done to the passages, and how many documents came out. */
  private static StageReport report(StageReport done, int documents) {
    return done.copy(done.stage()).candidates(documents).build();
  }

  /**
   * The combiner of the reranker beneath.
   *
   * @return the combiner
   */
  @Override
  public ScoreCombiner combiner() {
    return passages.combiner();
  }

  /**
   * The name of the reranker beneath.
   *
   * @return the name
   */
  @Override
  public String name() {
    return passages.name();
  }

  /** Closes the reranker beneath. */
  @Override
  public void close() {
    passages.close();
  }
}
