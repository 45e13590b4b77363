package dev.reranker.lucene;

import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;

import dev.reranker.Candidate;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.RerankStats;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
      throw new IllegalStateException("the late-interaction stage is closed");
    }
    Retriever.checkArguments(request.query(), 1);
    long start = System.nanoTime();
    return source.search(searcher -> rerank(searcher, request, start));
  }

  private RerankResult rerank(IndexSearcher searcher, RerankRequest request, long start)
      throws IOException {
    ModelIdentity model = ModelIdentity.of(embedder);
    float[][] query =
        IndexEmbedders.units(embedder.embedQueryTokens(request.query()), model, "the query");
    float[] scores = new float[request.candidates().size()];
    if (query.length > 0) {
      Map<String, Integer> docs = find(searcher, request.candidates());
      Map<Integer, Float> indexed = scoreIndexed(searcher, query, docs);
      List<Integer> others =
          IntStream.range(0, scores.length)
              .filter(i -> !docs.containsKey(id(request, i)))
              .boxed()
              .toList();
      List<IndexEmbedders.Vectors> fresh =
          new IndexEmbedders(null, embedder)
              .of(others.stream().map(i -> request.candidates().get(i).document()).toList());
      for (int i = 0; i < scores.length; i++) {
        Integer doc = docs.get(id(request, i));
        scores[i] = doc == null ? 0 : indexed.getOrDefault(doc, 0f);
      }
      for (int i = 0; i < others.size(); i++) {
        scores[others.get(i)] = score(query, fresh.get(i).tokens());
      }
    }
    int tokens = Math.max(1, query.length);
    var took = Duration.ofNanos(System.nanoTime() - start);
    var stats = new RerankStats(scores.length, 0, 0, 0, 0, took);
    return RerankResult.ranked(request, name(), scores, sum -> sum / tokens, new BitSet(), stats);
  }

  private static String id(RerankRequest request, int i) {
    return request.candidates().get(i).document().id();
  }

  private static float score(float[][] query, float[][] passage) {
    return passage.length == 0 ? 0 : ScoreFunction.SUM_MAX_SIM.compare(query, passage, DOT_PRODUCT);
  }

  private Map<Integer, Float> scoreIndexed(
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
  private Map<String, Integer> find(IndexSearcher searcher, List<Candidate> candidates)
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
      for (Candidate candidate : candidates) {
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
