package dev.reranker.benchmarks;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.prepared.PreparedPassage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * This library with its defaults on passages that it prepared ahead of time: what a search costs
 * where the index did that. Scores only the request it was made for, its query encoded each time.
 */
final class PreparedContestant implements Contestant {

  private final OnnxReranker reranker;
  private final List<Document> documents = new ArrayList<>();

  PreparedContestant(Path directory, Request request) {
    reranker = OnnxReranker.builder().model(ModelSource.directory(directory)).build();
    List<PreparedPassage> prepared = reranker.prepare(request.passages());
    long bytes = 0;
    for (int i = 0; i < prepared.size(); i++) {
      bytes += prepared.get(i).size();
      documents.add(
          Document.of(Integer.toString(i), request.passages().get(i))
              .withPrepared(prepared.get(i)));
    }
    Facts.put("prepared bytes", bytes);
  }

  @Override
  public float[] score(String query, List<String> passages) {
    RerankResult result = rerank(query);
    var logits = new float[documents.size()];
    for (Hit hit : result.hits()) {
      logits[Integer.parseInt(hit.document().id())] = (float) hit.raw().orElseThrow();
    }
    return logits;
  }

  private RerankResult rerank(String query) {
    RerankResult result = reranker.rerank(RerankRequest.ofDocuments(query, documents));
    if (result.report().prepared() != documents.size()) {
      throw new IllegalStateException("read as text: " + result.report());
    }
    return result;
  }

  @Override
  public long paddedTokens(Request request) {
    return rerank(request.query()).report().paddedTokens();
  }

  @Override
  public void close() {
    reranker.close();
  }
}
