package dev.reranker.lucene;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.RankedDocument;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.StageScore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
 * for (RankedDocument hit : pipeline.search("how do whales sleep").documents()) {
 *   Passage best = Passage.of(hit.document()).orElseThrow();
 *   String text = texts.get(best.parent());
 *   System.out.println(text.substring(best.start(), best.end())); // what to highlight
 * }
 * }
 *
 * <p>A result's id is the parent's, its text the winning passage and its metadata the passage's, of
 * which {@link Passage#of} tells the place in the parent; score, logit, index and history are the
 * winning passage's. By {@link #of(Reranker)}, candidates that no {@link PassageSplitter} made are
 * their own parents; passages of an application's own need {@link #of(Reranker, Function)}. How
 * many documents come out depends on how many parents the rank window has: give it more passages
 * than documents are wanted.
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
   * MaxP.of(reranker, passage -> passage.metadata().get("parent_id"))}.
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
    List<RankedDocument> best = new ArrayList<>();
    Set<String> parents = new HashSet<>();
    for (RankedDocument passage : result.documents()) {
      if (best.size() < request.topN() && parents.add(parent(passage.document()))) {
        best.add(asDocument(passage, best.size() + 1));
      }
    }
    return new RerankResult(best, result.stats());
  }

  private String parent(Document passage) {
    return Objects.requireNonNull(
        parent.apply(passage), () -> "the parent of passage '" + passage.id() + "'");
  }

  private RankedDocument asDocument(RankedDocument passage, int rank) {
    Document winner = passage.document();
    StageScore score = passage.candidate().current();
    var candidate =
        new Candidate(
            new Document(parent(winner), winner.text(), winner.metadata()),
            new StageScore(score.stage(), rank, score.score()),
            passage.earlier());
    return new RankedDocument(
        candidate, passage.logit(), passage.index(), passage.scored(), passage.truncated());
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
