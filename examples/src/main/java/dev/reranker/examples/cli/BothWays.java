package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.Retriever;
import dev.reranker.onnx.OnnxReranker;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How long reranking takes with passages that the index holds prepared, and with their texts. */
final class BothWays {

  private static final double NANOS_PER_MILLI = 1e6;

  private BothWays() {}

  /**
   * Measures both ways on the same candidates, one after the other, in this process: each way once
   * unmeasured for the first question, then once for each question. Prints the means.
   */
  static void compare(
      OnnxReranker reranker,
      Retriever firstStage,
      int depth,
      List<String> questions,
      PrintWriter out) {
    List<RerankRequest> prepared =
        questions.stream().map(q -> RerankRequest.of(q, firstStage.retrieve(q, depth))).toList();
    List<RerankRequest> texts = prepared.stream().map(BothWays::withoutPrepared).toList();
    double ahead = meanMillis(reranker, prepared);
    double now = meanMillis(reranker, texts);
    long candidates = prepared.stream().mapToInt(r -> r.candidates().size()).max().orElse(0);
    out.println();
    out.println("=".repeat(Layout.WIDTH));
    out.printf(
        Locale.ROOT,
        "Reranking alone, query included: the same candidates (at most %d) both ways,%n"
            + "mean of %d questions, after a warm-up of one%n",
        candidates,
        questions.size());
    out.printf(Locale.ROOT, "  passages prepared in the index  %,9.1f ms%n", ahead);
    out.printf(Locale.ROOT, "  their texts, read now           %,9.1f ms%n", now);
    out.flush();
  }

  private static RerankRequest withoutPrepared(RerankRequest request) {
    return RerankRequest.of(
        request.query(), request.candidates().stream().map(BothWays::textAlone).toList());
  }

  private static Hit textAlone(Hit hit) {
    Document document = hit.document();
    return hit.with(new Document(document.id(), document.text(), document.metadata()));
  }

  private static double meanMillis(OnnxReranker reranker, List<RerankRequest> requests) {
    reranker.rerank(requests.getFirst());
    long nanos = 0;
    for (RerankRequest request : requests) {
      nanos += reranker.rerank(request).report().took().toNanos();
    }
    return nanos / NANOS_PER_MILLI / requests.size();
  }
}
