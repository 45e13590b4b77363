package dev.reranker.lucene;

import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;

import dev.reranker.Hit;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.internal.Checks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.LateInteractionFloatValuesSource.ScoreFunction;
import org.apache.lucene.search.LateInteractionRescorer;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Orders candidates by the token vectors that the index keeps: for each token of the query its best
 * match in the passage, summed up (MaxSim). Candidates that the index does not have are embedded on
 * the spot.
 */
final class LateInteraction implements Reranker {

  private final SearcherSource source;
  private final String idField;
  private final String tokenField;
  private final MultiVectorEmbedder embedder;
  private volatile boolean closed;

  LateInteraction(
      SearcherSource source, String idField, String tokenField, MultiVectorEmbedder embedder) {
    this.source = source;
    this.idField = idField;
    this.tokenField = tokenField;
    this.embedder = embedder;
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    if (closed) {
      throw new IllegalStateException(
          "the late-interaction stage is closed: ask the index for a new one");
    }
    Checks.query(request.query());
    request.context().checkCancelled();
    long start = System.nanoTime();
    var result = RerankResult.builder(request, name());
    if (request.context().deadline().expired()) {
      return result.pastDeadline().build();
    }
    if (!request.candidates().isEmpty()) {
      float[][] query =
          IndexEmbedders.units(
              embedder.embedQueryTokens(request.query()), embedder, () -> "the query");
      score(request, query, result);
    }
    return result.took(Duration.ofNanos(System.nanoTime() - start)).build();
  }

  private void score(RerankRequest request, float[][] query, RerankResult.Builder result) {
    if (query.length == 0) {
      for (int i = 0; i < request.candidates().size(); i++) {
        result.score(i, 0, 0);
      }
      return;
    }
    List<Integer> others =
        source.search(searcher -> scoreIndexed(searcher, request, query, result));
    request.context().checkCancelled();
    if (others.isEmpty()) {
      return;
    }
    if (request.context().deadline().expired()) {
      result.pastDeadline();
      return;
    }
    List<IndexEmbedders.Vectors> fresh =
        new IndexEmbedders(null, embedder, null)
            .of(others.stream().map(i -> request.candidates().get(i).document()).toList());
    for (int i = 0; i < others.size(); i++) {
      score(others.get(i), score(query, fresh.get(i).tokens()), query, result);
    }
  }

  private static void score(int index, float sum, float[][] query, RerankResult.Builder result) {
    result.score(index, sum / query.length, sum);
  }

  /** Scores what the index has; the positions of the others. */
  private List<Integer> scoreIndexed(
      IndexSearcher searcher, RerankRequest request, float[][] query, RerankResult.Builder result)
      throws IOException {
    Map<String, Integer> docs = find(searcher, request.candidates());
    Map<Integer, Float> sums = sums(searcher, query, docs);
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < request.candidates().size(); i++) {
      Integer doc = docs.get(request.candidates().get(i).document().id());
      if (doc == null) {
        others.add(i);
      } else {
        score(i, sums.getOrDefault(doc, 0f), query, result);
      }
    }
    return others;
  }

  private static float score(float[][] query, float[][] passage) {
    return passage.length == 0 ? 0 : ScoreFunction.SUM_MAX_SIM.compare(query, passage, DOT_PRODUCT);
  }

  private Map<Integer, Float> sums(
      IndexSearcher searcher, float[][] query, Map<String, Integer> docs) throws IOException {
    if (docs.isEmpty()) {
      return Map.of();
    }
    ScoreDoc[] hits =
        docs.values().stream().distinct().map(doc -> new ScoreDoc(doc, 0)).toArray(ScoreDoc[]::new);
    var firstPass = new TopDocs(new TotalHits(hits.length, TotalHits.Relation.EQUAL_TO), hits);
    Map<Integer, Float> scores = new HashMap<>();
    for (ScoreDoc hit :
        LateInteractionRescorer.create(tokenField, query, DOT_PRODUCT)
            .rescore(searcher, firstPass, hits.length)
            .scoreDocs) {
      scores.put(hit.doc, hit.score);
    }
    return scores;
  }

  /** Lucene's numbers of those candidates that the index has. */
  private Map<String, Integer> find(IndexSearcher searcher, List<Hit> candidates)
      throws IOException {
    Map<String, Integer> docs = new HashMap<>();
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      LeafReader reader = leaf.reader();
      Terms terms = reader.terms(idField);
      if (terms == null) {
        continue;
      }
      TermsEnum ids = terms.iterator();
      PostingsEnum postings = null;
      for (Hit candidate : candidates) {
        String id = candidate.document().id();
        if (!docs.containsKey(id) && ids.seekExact(new BytesRef(id))) {
          postings = ids.postings(postings, PostingsEnum.NONE);
          int doc = firstLive(postings, reader.getLiveDocs());
          if (doc != DocIdSetIterator.NO_MORE_DOCS) {
            docs.put(id, leaf.docBase + doc);
          }
        }
      }
    }
    return docs;
  }

  private static int firstLive(PostingsEnum postings, @Nullable Bits live) throws IOException {
    int doc = postings.nextDoc();
    while (doc != DocIdSetIterator.NO_MORE_DOCS && live != null && !live.get(doc)) {
      doc = postings.nextDoc();
    }
    return doc;
  }

  @Override
  public String name() {
    return "late-interaction";
  }

  /** Ends this stage; the index and the model are their owners' to close. */
  @Override
  public void close() {
    closed = true;
  }
}
